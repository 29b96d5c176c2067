// The bytes of an answer go in as they come; its JSON comes out, with its pictures decoded on the way.
import { randomUUID } from 'node:crypto';
import { answerLimits } from './answerLimits';
import { EditError, type Charge } from './errors';
import { Base64Lines, isBase64 } from './base64Lines';
import { readEvents } from './eventStream';
import { decodeText, parseAnswer } from './parseAnswer';

/** What an answer says, whatever its form. */
export interface Answer {
  /**
   * JSON, or server-sent events added up to the JSON that they stand for: some gateways stream unasked.
   * Undefined where it is neither: what that means depends on who reads it.
   */
  readonly json: unknown;
  /** Where it is no JSON, and short: its first characters. */
  readonly text?: string;
  /** Whether nothing came, or white space alone. */
  readonly isEmpty: boolean;
  readonly decoded: Decoded;
}

/**
 * The long runs of base64 of an answer. In its JSON a mark stands for each: the text itself, many megabytes
 * for a picture, is never in memory as a whole.
 */
export interface Decoded {
  /** The bytes of the run, where `text` is nothing but its mark. */
  get(text: string): Uint8Array | undefined;
  /** `text` with the base64 that its marks stand for: a picture may come in several pieces. */
  expand(text: string): string;
  /** `text` as people can read it. */
  withoutMarks(text: string): string;
}

/** Characters of base64 in a row that are surely data: no word is that long, and no token in a link. */
const runThreshold = 8192;

/** Bytes to make room for at first, where nobody said how long the answer is. */
const firstRoom = 1024 * 1024;

/** Characters of an answer that is no JSON in which words are looked for. */
const plainLimit = 4000;

const quote = 0x22;
const backslash = 0x5c;
const padding = 0x3d;

/**
 * Looks for long runs of base64 wherever they are, in JSON strings, in data URLs, in Markdown, in events:
 * only what is left is text that has to be parsed. Escapes of JSON inside a run count as what they stand for.
 */
export class AnswerReader {
  private readonly marker = `<${randomUUID()}:`;
  private readonly runs: Run[] = [];
  private readonly store: RunStore;

  private text = Buffer.allocUnsafe(16 * 1024);
  private textLength = 0;
  /** Where the run began that is not long enough yet; its escapes are in the text as they came. */
  private candidateStart = 0;
  private candidateLength = 0;
  /** The lines of the run, or of what may become one: some gateways wrap base64, and words may follow it. */
  private readonly lines = new Base64Lines();
  /** Inside a run that is long enough: its characters go to the store and not to the text. */
  private inRun = false;
  /** A run has just ended: what pads it is not text. */
  private runEnded = false;
  /** The bytes of an escape that a chunk has cut: `\`, `\u0`. */
  private escape = '';
  /** The answer is no text at all, but the picture itself. */
  private picture: Buffer[] | undefined;
  /** Where the text of the events begins that nobody was told of yet. */
  private toldEvents = 0;

  /**
   * @param expectedBytes of the whole answer, as its header says; 0 where it does not
   * @param onEvent is told each server-sent event as soon as it is whole
   * @param charge of an answer that has to be given up
   * @param textLimit bytes beside the pictures at most
   */
  constructor(
    private readonly host: string,
    expectedBytes: number,
    private readonly onEvent?: (event: unknown, decoded: Decoded) => void,
    private readonly charge: Charge = 'charged',
    private readonly textLimit = answerLimits.text,
  ) {
    this.store = new RunStore(expectedBytes);
  }

  /** @throws EditError (`badAnswer`) when there is too much beside the pictures */
  write(chunk: Buffer): void {
    if (
      this.picture ||
      (this.textLength === 0 && !this.inRun && pictureBytes.test(startOf(chunk)))
    ) {
      (this.picture ??= []).push(Buffer.from(chunk));
      return;
    }
    let at = 0;
    while (at < chunk.length) {
      at = this.inRun ? this.readRun(chunk, at) : this.readText(chunk, at);
    }
    if (this.onEvent) this.tellEvents(this.onEvent);
  }

  end(): Answer {
    this.endRun();
    if (this.picture) return this.endPicture(Buffer.concat(this.picture));
    const text = decodeText(this.text.subarray(0, this.textLength));
    const json = parseAnswer(text);
    return {
      json,
      ...(json === undefined && { text: text.slice(0, plainLimit) }),
      isEmpty: /^\uFEFF?\s*$/.test(text),
      decoded: this.decoded,
    };
  }

  /** As the answer that stands for it. */
  private endPicture(bytes: Buffer): Answer {
    const b64_json = `${this.marker}${this.runs.length}>`;
    this.runs.push({ bytes, rest: '', wholeLength: bytes.byteLength, padding: '' });
    return { json: { data: [{ b64_json }] }, isEmpty: false, decoded: this.decoded };
  }

  private readonly decoded: Decoded = {
    get: (text) =>
      text.startsWith(this.marker) && text.indexOf('>') === text.length - 1
        ? this.runs[Number(text.slice(this.marker.length, -1))]?.bytes
        : undefined,
    expand: (text) => this.replaceMarks(text, (run) => (run ? encode(run) : '')),
    withoutMarks: (text) => this.replaceMarks(text, () => '…'),
  };

  private replaceMarks(text: string, replace: (run: Run | undefined) => string): string {
    const [before = '', ...parts] = text.split(this.marker);
    const replaced = parts.map((part) => {
      const end = part.indexOf('>');
      return replace(this.runs[Number(part.slice(0, end))]) + part.slice(end + 1);
    });
    return [before, ...replaced].join('');
  }

  /** Copies text until a run has become long enough. Gives where to go on. */
  private readText(chunk: Buffer, from: number): number {
    for (let at = from; at < chunk.length; at++) {
      const byte = chunk[at]!;
      if (this.runEnded && byte === padding) {
        this.runs.at(-1)!.padding += '=';
        continue;
      }
      this.runEnded = false;
      this.addText(byte);
      if (this.escape !== '') {
        const char = this.readEscape(byte);
        if (char === undefined) continue;
        if (char === 'other' || (char === '\n' && !this.lines.goOn())) this.breakCandidate();
        else if (char !== '\n' && char !== '\r') this.addCandidate();
      } else if (isBase64[byte] === 1) {
        this.addCandidate();
      } else if (byte === backslash) {
        this.escape = '\\';
        continue;
      } else {
        this.breakCandidate();
        continue;
      }
      if (this.candidateLength >= runThreshold) {
        this.beginRun();
        return at + 1;
      }
    }
    return chunk.length;
  }

  private addText(byte: number): void {
    if (this.textLength === this.text.length) {
      if (this.textLength >= this.textLimit) {
        throw new EditError(
          `${this.host} sent more than ${this.textLimit / 1024 / 1024} MB that are no picture: stopped reading.`,
          { reason: 'badAnswer', charge: this.charge },
        );
      }
      this.text = Buffer.concat([this.text], this.text.length * 2);
    }
    this.text[this.textLength++] = byte;
  }

  private addCandidate(): void {
    this.candidateLength++;
    this.lines.add(1);
  }

  private breakCandidate(): void {
    this.candidateStart = this.textLength;
    this.candidateLength = 0;
    this.lines.reset();
  }

  /** Takes the candidate out of the text again and into the store. */
  private beginRun(): void {
    const candidate = this.text.toString('latin1', this.candidateStart, this.textLength);
    this.textLength = this.candidateStart;
    this.inRun = true;
    this.store.begin();
    const characters = candidate
      .replace(/\\[nr]/g, '')
      .replace(/\\(u[\dA-Fa-f]{4}|\/)/g, readEscaped);
    this.store.add(Buffer.from(characters, 'latin1'), 0, characters.length);
  }

  /** Decodes until the run ends. Gives where to go on. */
  private readRun(chunk: Buffer, from: number): number {
    let at = from;
    while (this.escape !== '' && at < chunk.length) {
      const escape = this.escape + String.fromCharCode(chunk[at]!);
      const char = this.readEscape(chunk[at++]!);
      if (char === undefined || char === '\r' || (char === '\n' && this.lines.goOn())) continue;
      if (char.length === 1 && this.addToRun(Buffer.from(char), 0, 1)) continue;
      this.endRun();
      if (/^\\u003d$/i.test(escape)) this.runs.at(-1)!.padding += '=';
      else for (const byte of Buffer.from(escape)) this.addText(byte);
      this.breakCandidate();
      return at;
    }
    if (at === chunk.length) return at;

    let end = chunk.indexOf(quote, at);
    if (end < 0) end = chunk.length;
    const escape = chunk.subarray(at, end).indexOf(backslash);
    if (escape >= 0) end = at + escape;
    let dataEnd = end;
    while (dataEnd > at && chunk[dataEnd - 1] === padding) dataEnd--;
    if (!this.addToRun(chunk, at, dataEnd)) {
      // Something in between is no base64: the run ends there.
      dataEnd = at;
      while (isBase64[chunk[dataEnd]!] === 1) dataEnd++;
      this.addToRun(chunk, at, dataEnd);
    }
    if (dataEnd < chunk.length && dataEnd === end && escape >= 0) {
      this.escape = '\\';
      return end + 1;
    }
    if (dataEnd < chunk.length) this.endRun();
    return dataEnd;
  }

  private addToRun(characters: Buffer, from: number, to: number): boolean {
    const isAdded = this.store.add(characters, from, to);
    if (isAdded) this.lines.add(to - from);
    return isAdded;
  }

  private endRun(): void {
    if (!this.inRun) return;
    this.inRun = false;
    this.escape = '';
    this.runEnded = true;
    const mark = `${this.marker}${this.runs.push(this.store.end()) - 1}>`;
    for (const byte of Buffer.from(mark, 'latin1')) this.addText(byte);
    this.breakCandidate();
  }

  /**
   * One more byte of an escape: undefined while it is not whole, the base64 character that it stands for,
   * `\n` or `\r` for these, `other` for all else.
   */
  private readEscape(byte: number): string | undefined {
    this.escape += String.fromCharCode(byte);
    if (this.escape[1] === 'u' && this.escape.length < 6) return undefined;
    const { escape } = this;
    this.escape = '';
    return readEscaped(escape);
  }

  private tellEvents(tell: (event: unknown, decoded: Decoded) => void): void {
    // A run that is not over has no mark yet, and the event around it is not whole either.
    const rest = this.text.subarray(this.toldEvents, this.textLength);
    const end = Math.max(rest.lastIndexOf('\n\n'), rest.lastIndexOf('\r\n\r\n'));
    if (end < 0) return;
    this.toldEvents += end;
    for (const event of readEvents(rest.toString('utf8', 0, end))) tell(event, this.decoded);
  }
}

/** For an answer that is here already. */
export function readAnswer(bytes: Uint8Array): Answer {
  const reader = new AnswerReader('', bytes.byteLength);
  reader.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  return reader.end();
}

/** How answers begin that are a picture, in Latin-1. */
const pictureBytes = /^(\x89PNG\r\n|\xff\xd8\xff|GIF8[79]a|RIFF.{4}WEBP|\0\0\0.ftyp)/s;

function startOf(chunk: Buffer): string {
  return chunk.toString('latin1', 0, 16);
}

function readEscaped(escape: string): string {
  if (escape === '\\n') return '\n';
  if (escape === '\\r') return '\r';
  if (escape === '\\/') return '/';
  if (!/^\\u[\dA-Fa-f]{4}$/.test(escape)) return 'other';
  const code = Number.parseInt(escape.slice(2), 16);
  return isBase64[code] === 1 ? String.fromCharCode(code) : 'other';
}

/** One run of base64, decoded. */
interface Run {
  /** A view of memory that other runs share. */
  readonly bytes: Uint8Array;
  /** The characters at the end that are no whole group of four. */
  readonly rest: string;
  /** How many of the bytes the whole groups made. */
  readonly wholeLength: number;
  /** What followed it: where more base64 follows that, it is none. */
  padding: string;
}

function encode({ bytes, rest, wholeLength, padding }: Run): string {
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, wholeLength).toString('base64');
  return whole + rest + padding;
}

/** Bytes of runs, one after the other in memory that is taken once where the length is known. */
class RunStore {
  private room: Buffer | undefined;
  private start = 0;
  private length = 0;
  /** Up to three characters that are no whole group of four yet. */
  private readonly rest = Buffer.alloc(4);
  private restLength = 0;

  constructor(private readonly expectedCharacters: number) {}

  begin(): void {
    this.start = this.length;
    this.restLength = 0;
  }

  /** False, and nothing added, where one of the characters is no base64. */
  add(characters: Buffer, from: number, to: number): boolean {
    const missing = this.restLength === 0 ? 0 : Math.min(4 - this.restLength, to - from);
    const groups = from + missing;
    const rest = groups + ((to - groups) & ~3);
    for (let at = from; at < groups; at++) if (isBase64[characters[at]!] !== 1) return false;
    for (let at = rest; at < to; at++) if (isBase64[characters[at]!] !== 1) return false;

    const lengthBefore = this.length - this.start;
    if (missing > 0) {
      characters.copy(this.rest, this.restLength, from, groups);
      if (this.restLength + missing === 4) this.decode(this.rest, 0, 4);
    }
    if (rest > groups && !this.decode(characters, groups, rest)) {
      // The group that was begun is begun again.
      this.length = this.start + lengthBefore;
      return false;
    }
    this.restLength = missing > 0 ? (this.restLength + missing) % 4 : this.restLength;
    if (rest < to) this.restLength = characters.copy(this.rest, 0, rest, to);
    return true;
  }

  end(): Run {
    const rest = this.rest.toString('latin1', 0, this.restLength);
    const wholeLength = this.length - this.start;
    if (this.restLength > 1) this.decode(this.rest, 0, this.restLength);
    this.restLength = 0;
    const bytes = this.room?.subarray(this.start, this.length) ?? new Uint8Array();
    return { bytes, rest, wholeLength, padding: '' };
  }

  private decode(characters: Buffer, from: number, to: number): boolean {
    const byteLength = Math.floor(((to - from) * 3) / 4);
    const room = this.makeRoom(byteLength);
    const written = room.write(characters.toString('latin1', from, to), this.length, 'base64');
    // Node's decoder skips what it does not know: fewer bytes are how that shows.
    if (written !== byteLength) return false;
    this.length += written;
    return true;
  }

  private makeRoom(byteLength: number): Buffer {
    const { room, start, length } = this;
    if (room && length + byteLength <= room.length) return room;
    const expected = room ? 0 : Math.ceil((this.expectedCharacters * 3) / 4);
    const needed = 2 * (length - start) + byteLength;
    // Not from Node's pool and not cleared: pages that are never written cost nothing.
    const larger = Buffer.allocUnsafeSlow(Math.max(expected, needed, firstRoom));
    room?.copy(larger, 0, start, length);
    this.start = 0;
    this.length = length - start;
    this.room = larger;
    return larger;
  }
}
