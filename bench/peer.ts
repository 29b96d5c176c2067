// The peer: OpenAI's official client, used as its documentation says.
import OpenAI, { toFile } from 'openai';
import { compete, type Outcome } from './measure';

const model = 'gpt-image-1';
const prompt = 'make it black and white';

function client(baseURL: string): OpenAI {
  return new OpenAI({ baseURL, apiKey: 'key', maxRetries: 0 });
}

function dataUrl(picture: Buffer): string {
  return `data:image/png;base64,${picture.toString('base64')}`;
}

async function edit(baseUrl: string, picture: Buffer): Promise<OpenAI.ImagesResponse> {
  const image = await toFile(picture, 'image.png', { type: 'image/png' });
  return client(baseUrl).images.edit({ model, prompt, image });
}

/** Its method for edits knows multipart alone: this is how its users send JSON. */
async function uploadJson(baseUrl: string, picture: Buffer): Promise<Outcome> {
  const { usage } = await client(baseUrl).post<OpenAI.ImagesResponse>('/images/edits', {
    body: { model, prompt, images: [{ image_url: dataUrl(picture) }] },
  });
  return usage?.total_tokens ?? 0;
}

async function uploadMultipart(baseUrl: string, picture: Buffer): Promise<Outcome> {
  const { usage } = await edit(baseUrl, picture);
  return usage?.total_tokens ?? 0;
}

async function answerImages(baseUrl: string, picture: Buffer): Promise<Outcome> {
  const { data } = await edit(baseUrl, picture);
  return Buffer.from(data?.[0]?.b64_json ?? '', 'base64');
}

async function answerChat(baseUrl: string, picture: Buffer): Promise<Outcome> {
  const { choices } = await client(baseUrl).chat.completions.create({
    model,
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: prompt },
          { type: 'image_url', image_url: { url: dataUrl(picture) } },
        ],
      },
    ],
  });
  // Pictures in a message are none of OpenAI's own, so its types do not know them.
  const { images } = choices[0]!.message as unknown as { images: { image_url: { url: string } }[] };
  const url = images[0]?.image_url.url ?? '';
  return Buffer.from(url.slice(url.indexOf(',') + 1), 'base64');
}

void compete({ uploadJson, uploadMultipart, answerImages, answerChat });
