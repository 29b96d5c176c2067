// An HTTP request comes in, its body goes out: a JSON object, or the fields and files of a form.
import busboy from 'busboy';
import type { IncomingMessage } from 'node:http';
import { missing, Refusal } from './errors';

const maxBodyBytes = 128 * 1024 * 1024;

/** One file of a multipart form, as the client labelled it. */
export interface FormFile {
  field: string;
  fileName: string;
  mimeType: string;
  bytes: Buffer;
}

/** The text fields and the files of a multipart form, both in the order they came. */
export interface Form {
  fields: [name: string, value: string][];
  files: FormFile[];
}

/** A JSON object whose fields are yet to be checked. */
export type JsonObject = Record<string, unknown>;

/**
 * Reads a whole body. One that is too large is drained first, so that the client, still busy
 * sending, gets to read the answer.
 * @throws Refusal 413 above 128 MB; Error when the client goes away
 */
export function readBody(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    let lastData = Date.now();
    let isTooLarge = Number(request.headers['content-length'] ?? 0) > maxBodyBytes;
    const finish = () => {
      clearInterval(stalled);
      if (!isTooLarge) {
        resolve(Buffer.concat(chunks));
        return;
      }
      reject(
        new Refusal(413, 'Request body is larger than 128 MB.', {
          code: 'read_request_body_failed',
        }),
      );
    };
    const stalled = setInterval(() => {
      if (isTooLarge && Date.now() - lastData > 200) finish();
    }, 100);
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      lastData = Date.now();
      isTooLarge ||= size > maxBodyBytes;
      if (isTooLarge) chunks.length = 0;
      else chunks.push(chunk);
    });
    request.on('end', finish);
    request.on('close', () => {
      clearInterval(stalled);
      reject(new Error('The client went away.'));
    });
    request.on('error', reject);
  });
}

/** Parses a JSON object. @throws Refusal 400 for anything else */
export function parseJson(body: Buffer): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    throw new Refusal(400, 'We could not parse the JSON body of your request.', {
      code: 'invalid_json',
    });
  }
  if (isObject(value)) return value;
  throw new Refusal(400, 'The JSON body of the request must be an object.', {
    code: 'invalid_json',
  });
}

/** Parses multipart/form-data. @throws Refusal 400 when it has no boundary or is cut short */
export function parseForm(body: Buffer, contentType: string): Promise<Form> {
  return new Promise((resolve, reject) => {
    const form: Form = { fields: [], files: [] };
    const refuse = () =>
      reject(
        new Refusal(400, 'We could not parse the multipart form of your request.', {
          code: 'invalid_multipart',
        }),
      );
    let parser;
    try {
      parser = busboy({
        headers: { 'content-type': contentType },
        limits: { fieldSize: 1024 * 1024, fileSize: maxBodyBytes },
      });
    } catch {
      refuse();
      return;
    }
    parser.on('field', (name, value) => form.fields.push([name, value]));
    parser.on('file', (field, stream, { filename, mimeType }) => {
      const chunks: Buffer[] = [];
      // A part with a file's MIME type but no name has no name here either.
      const file = { field, fileName: filename ?? '', mimeType, bytes: Buffer.alloc(0) };
      form.files.push(file);
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => (file.bytes = Buffer.concat(chunks)));
      stream.on('error', refuse);
    });
    parser.on('error', refuse);
    parser.on('close', () => resolve(form));
    parser.end(body);
  });
}

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A text field that must be there and not be blank. @throws Refusal 400 */
export function requiredText(body: JsonObject, field: string): string {
  const value = body[field];
  if (value === undefined || value === null) throw missing(field);
  if (typeof value !== 'string') {
    throw new Refusal(400, `Invalid type for '${field}': expected a string.`, {
      param: field,
      code: 'invalid_type',
    });
  }
  if (value.trim() === '') throw missing(field);
  return value;
}
