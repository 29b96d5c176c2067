// A refusal goes in; whether it may be about the form in which the edit was sent comes out.
import type { UploadForm } from './imagesEdits';
import type { Told } from './told';

/** Words about how a request is written, and not about what it asks for. */
const formWords =
  /json|multipart|form[- ]?data|content[- ]?type|mime|\bbody\b|boundary|pars(e|ing)|unmarshal|malformed|invalid character|base64|\bur[il]s?\b|image_url|file_id|\bfiles?\b|\bstream(ing)?\b|partial_images|uploadfile/i;

/** Something that every edit holds, and that is said not to be there, or not to be known. */
const lostWords =
  /\b(images?|prompt|model|mask)\b[^.]{0,30}\b(required|missing|empty|not (found|provided|present)|must be)|\b(missing|required?|requires|provide|expected)\b[^.]{0,30}\b(images?|prompt|model|mask)\b|\bno (images?|prompt|model|mask) (was |were )?(provided|given|found|file)|\b(unknown|unexpected|unrecognized|unsupported|not permitted)\b[^.]{0,30}\b(images?|prompt|model|mask)\b|(缺少|请上传|未提供|未上传).{0,12}(图片|图像|参数|image|prompt|model)/i;

/** Words that say nothing. */
const emptyWords =
  /^[\s\p{P}]*((http )?4\d\d )?(bad|invalid|unprocessable)?[ _-]?(request|entity|input|parameters?)?( error)?[\s\p{P}]*$/iu;

/** Characters of a message that are looked at. */
const lookedAt = 300;

/** Fields in which the forms differ. */
const formFields = /^(body|images?|image\[\d*\]|mask|image_url|stream|partial_images)\b/i;

/**
 * Only what blames the form is worth another try in the other one: sending what was refused for another reason again can
 * get an account blocked.
 */
export function blamesForm(
  status: number,
  told: Told | undefined,
  { form, size }: { readonly form: UploadForm; readonly size: unknown },
): boolean {
  if (status === 413 || status === 415) return true;
  if (status !== 400 && status !== 422) return false;
  const { param, names = [] } = told ?? {};
  // An address in it may have any words.
  const message = (told?.message?.slice(0, lookedAt) ?? '').replace(
    /https?:\/\/[\w./?=&#%-]+/g,
    '',
  );
  if (param !== undefined && formFields.test(param)) return true;
  // By OpenAI's own schema JSON takes fewer sizes than multipart.
  if (form === 'json' && size !== undefined && /\bsize\b/i.test(`${param} ${message}`)) return true;
  if (param !== undefined && !/^(prompt|model)\b/i.test(param)) return false;
  const words = `${message} ${names.join(' ').slice(0, lookedAt)}`;
  return formWords.test(words) || lostWords.test(message) || emptyWords.test(message);
}
