// The floor: what the network itself costs, with nothing made and nothing read. The picture goes out as it is, an answer
// is drained.
import { Agent, request } from 'undici';
import { compete, type Outcome } from './measure';

async function upload(baseUrl: string, picture: Buffer): Promise<Outcome> {
  const { body } = await post(`${baseUrl}/images/edits`, picture);
  const { usage } = (await body.json()) as { usage: { total_tokens: number } };
  return usage.total_tokens;
}

async function drain(url: string, picture: Buffer): Promise<Outcome> {
  const { body } = await post(url, picture);
  let byteLength = 0;
  for await (const chunk of body) byteLength += (chunk as Buffer).byteLength;
  return byteLength;
}

function post(url: string, body: Buffer) {
  return request(url, {
    method: 'POST',
    body,
    dispatcher: new Agent({ pipelining: 0 }),
  });
}

void compete({
  uploadJson: upload,
  uploadMultipart: upload,
  answerImages: (baseUrl, picture) => drain(`${baseUrl}/images/edits`, picture),
  answerChat: (baseUrl, picture) => drain(`${baseUrl}/chat/completions`, picture),
});
