// The route of Gemini image models, `POST {base}/chat/completions`: an edit goes in, the request's body comes
// out, and the answer's pictures or the words that came instead.
import { array, looseObject, nullish, safeParse, string, union, unknown } from 'valibot';
import { jsonBody, type RequestBody } from './body';
import type { AnswerPicture } from './answer';
import type { EditRequest } from './requestEdit';

/** One user turn: Gemini refuses earlier pictures that come as an assistant's, without its signature. */
export function chatCompletionsBody({ model, instruction, pictures }: EditRequest): RequestBody {
  return jsonBody((dataUrl) => ({
    model: model.id,
    messages: [
      {
        role: 'user',
        content: [
          // The contract's own words: without them these models sometimes only talk about the picture.
          { type: 'text', text: `Edit this image: ${instruction}\n\nReturn the edited image.` },
          ...pictures.map((picture) => ({
            type: 'image_url',
            image_url: { url: dataUrl(picture) },
          })),
        ],
      },
    ],
    // Without it the answer is text only.
    modalities: ['image', 'text'],
  }));
}

const Answer = looseObject({
  choices: nullish(
    array(
      looseObject({
        message: nullish(
          looseObject({
            content: nullish(unknown()),
            refusal: nullish(unknown()),
            images: nullish(
              array(
                looseObject({
                  image_url: nullish(union([string(), looseObject({ url: string() })])),
                }),
              ),
              [],
            ),
          }),
        ),
        finish_reason: nullish(unknown()),
      }),
    ),
    [],
  ),
});

/** The pictures of an answer; none where it has none. */
export function readChatAnswer(answer: unknown): AnswerPicture[] {
  const { success, output } = safeParse(Answer, answer);
  if (!success) return [];
  return output.choices.flatMap(({ message }) =>
    (message?.images ?? []).flatMap(({ image_url }): AnswerPicture[] => {
      const url = typeof image_url === 'string' ? image_url : image_url?.url;
      return url ? [{ url }] : [];
    }),
  );
}

/** What the model said instead of a picture, or why it stopped; empty where it said nothing. */
export function readChatWords(answer: unknown): string {
  const { success, output } = safeParse(Answer, answer);
  const choice = success ? output.choices[0] : undefined;
  for (const words of [choice?.message?.refusal, choice?.message?.content]) {
    if (typeof words === 'string' && words.trim() !== '') return words.trim();
  }
  const stopped = choice?.finish_reason;
  return typeof stopped === 'string' && stopped !== 'stop' ? `finish reason ${stopped}` : '';
}
