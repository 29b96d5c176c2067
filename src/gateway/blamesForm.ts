// A refusal goes in; whether it may be about the form in which the edit was sent comes out.
import type { UploadForm } from './imagesEdits';
import type { Told } from './told';

/** Words about how a request is written, and not about what it asks for. */
const formWords =
  /json|multipart|form[- ]?data|content[- ]?type|mime|\bbody\b|boundary|pars(e|ing)|unmarshal|malformed|base64|\bur[il]s?\b|image_url|file_id|upload|\bfiles?\b|stream|partial/i;

/** Something that every edit holds, and that is said not to be there, or not to be what it is. */
const lostWords =
  /\b(images?|prompt|model|mask)\b[^.]{0,40}\b(required|missing|empty|not (found|provided|present)|must be)|\b(missing|requires?|required|no|empty|provide|expected|invalid|unsupported|unknown|unexpected|unrecognized|could not|cannot|can't|unable|failed)\b[^.]{0,50}\b(images?|prompt|model|mask)\b/i;

/** Words that say nothing. */
const emptyWords =
  /^\W*((http )?400 )?(bad|invalid|unprocessable)?[ _-]?(request|entity|input|parameters?)?( error)?\W*$/i;

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
  const { message = '', param, names = [] } = told ?? {};
  const field = param ?? /^([\w.[\]]+): /.exec(message)?.[1];
  if (field !== undefined && formFields.test(field)) return true;
  // By OpenAI's own schema JSON takes fewer sizes than multipart.
  if (form === 'json' && size !== undefined && /\bsize\b/i.test(`${field} ${message}`)) return true;
  if (field !== undefined && !/^(prompt|model)\b/i.test(field)) return false;
  const words = `${message} ${names.join(' ')}`;
  return formWords.test(words) || lostWords.test(message) || emptyWords.test(message);
}
