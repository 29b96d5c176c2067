// An XMP packet goes in, with properties to set and to take out; it comes out changed there and nowhere else.

/** Names of XMP, as they are in packets: namespace, and usual prefix. */
export const namespaces = {
  Iptc4xmpExt: 'http://iptc.org/std/Iptc4xmpExt/2008-02-29/',
  exif: 'http://ns.adobe.com/exif/1.0/',
  tiff: 'http://ns.adobe.com/tiff/1.0/',
  xmp: 'http://ns.adobe.com/xap/1.0/',
  xmpNote: 'http://ns.adobe.com/xmp/note/',
  hdrgm: 'http://ns.adobe.com/hdr-gain-map/1.0/',
  Container: 'http://ns.google.com/photos/1.0/container/',
  GCamera: 'http://ns.google.com/photos/1.0/camera/',
} as const;

export type Prefix = keyof typeof namespaces;

/** `xmp:ModifyDate`, with a prefix of `namespaces`, whatever the packet calls it. */
export type PropertyName = `${Prefix}:${string}`;

const rdf = 'http://www.w3.org/1999/02/22-rdf-syntax-ns#';

/**
 * Whatever stands elsewhere in the packet stays byte for byte. What cannot be understood, or leaves no room, is replaced
 * whole.
 * @param packet undefined where there is none yet
 * @param values text for each property, of which there is one afterwards
 * @param isRemoved whether a property, or part of one, has to go
 * @param room bytes that the packet may have
 */
export function editXmp(
  packet: string | undefined,
  values: ReadonlyMap<PropertyName, string>,
  isRemoved: (namespace: string, name: string) => boolean,
  room = Infinity,
): string {
  const added = (about: string) => (values.size === 0 ? '' : description(about, values));
  try {
    if (packet !== undefined) {
      const set = new Set([...values.keys()].map(expand));
      const found = findProperties(
        packet,
        (namespace, name) => set.has(namespace + name) || isRemoved(namespace, name),
      );
      const edited = applyTo(packet, found.ranges, found.end, added(found.about));
      if (Buffer.byteLength(edited) <= room) return edited;
      // Blanks at the end, for programs that would change the packet in place.
      const packed = edited.replace(/\s+(?=<\?xpacket end)/, '\n');
      if (Buffer.byteLength(packed) <= room) return packed;
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  // With what lets programs change it in place, which some expect.
  return [
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>',
    '<x:xmpmeta xmlns:x="adobe:ns:meta/">',
    `<rdf:RDF xmlns:rdf="${rdf}">`,
    `${added('')}</rdf:RDF>`,
    '</x:xmpmeta>',
    '<?xpacket end="w"?>',
  ].join('\n');
}

function expand(property: PropertyName): string {
  const [prefix, name] = property.split(':') as [Prefix, string];
  return namespaces[prefix] + name;
}

/** Of one subject, as a further element: RDF adds them together. */
function description(about: string, values: ReadonlyMap<PropertyName, string>): string {
  const prefixes = new Set([...values.keys()].map((property) => property.split(':')[0] as Prefix));
  const declared = [...prefixes].map((prefix) => ` xmlns:${prefix}="${namespaces[prefix]}"`);
  const lines = [...values].map(
    ([property, value]) => `  <${property}>${escapeText(value)}</${property}>\n`,
  );
  // The packet may call RDF by another name.
  return ` <rdf:Description xmlns:rdf="${rdf}" rdf:about="${about}"${declared.join('')}>\n${lines.join('')} </rdf:Description>\n`;
}

/** XML 1.0 has no way to write control characters. */
function escapeText(value: string): string {
  return (
    value
      .replace(/\p{Surrogate}/gu, '\ufffd')
      // oxlint-disable-next-line no-control-regex
      .replace(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, '\ufffd')
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('\r', '&#13;')
  );
}

interface Range {
  readonly start: number;
  readonly end: number;
}

function applyTo(packet: string, ranges: readonly Range[], at: number, added: string): string {
  let result = '';
  let done = 0;
  for (const { start, end } of ranges) {
    result += packet.slice(done, start);
    done = end;
  }
  return result + packet.slice(done, at) + added + packet.slice(at);
}

interface Element {
  readonly namespace: string;
  readonly name: string;
  readonly start: number;
  readonly scope: ReadonlyMap<string, string>;
  readonly removed: boolean;
  /** Properties that stay, where it is one of the descriptions that `rdf:RDF` is made of. */
  properties: number;
}

/** Real packets have a few kilobytes and are not a tenth as deep. */
const limits = { length: 4_000_000, depth: 100 };

const tagPattern =
  /<!--[^]*?-->|<\?[^]*?\?>|<!\[CDATA\[[^]*?\]\]>|<(\/?)([^\s/>!?]+)((?:\s+[^\s=/>]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>|</g;
const attributePattern = /\s+([^\s=/>]+)\s*=\s*("[^"<]*"|'[^'<]*')/g;

/**
 * Elements and attributes inside of `rdf:RDF` that `wanted` names, in the order of the packet; none lies in another.
 * `end` is where `rdf:RDF` ends, `about` the subject of what it says.
 * @throws SyntaxError where it is no XML with one `rdf:RDF`
 */
function findProperties(packet: string, wanted: (namespace: string, name: string) => boolean) {
  if (packet.length > limits.length) throw new SyntaxError('too long');
  const ranges: Range[] = [];
  const open: Element[] = [];
  let end: number | undefined;
  let about = '';
  const isInside = () => open.some((element) => isRdf(element, 'RDF'));
  for (const match of packet.matchAll(tagPattern)) {
    const [whole, slash, qualified, attributes = '', empty] = match;
    const start = match.index;
    if (whole === '<') throw new SyntaxError('not XML');
    if (qualified === undefined) continue;
    if (slash) {
      const element = open.pop();
      if (!element) throw new SyntaxError('ends what never began');
      if (isRdf(element, 'RDF') && !isInside()) {
        if (end !== undefined) throw new SyntaxError('two of them');
        end = start;
      }
      if (element.removed) ranges.push({ start: element.start, end: start + whole.length });
      else if (isTopLevel(element, open) && element.properties === 0) {
        // Nothing is left of it, such as of what is written here, the next time.
        while (ranges.length > 0 && ranges.at(-1)!.start > element.start) ranges.pop();
        ranges.push(wholeLines(packet, element.start, start + whole.length));
      }
      continue;
    }
    const scope = scopeOf(attributes, open.at(-1)?.scope);
    const [namespace, name] = resolve(qualified, scope, true);
    const inRemoved = open.some((element) => element.removed);
    const removed = isInside() && !inRemoved && wanted(namespace, name);
    const element = { namespace, name, start, scope, removed, properties: 0 };
    const outer = open.at(-1);
    if (outer && !removed && isTopLevel(outer, open.slice(0, -1))) outer.properties++;
    if (isInside() && !inRemoved && !removed) {
      const attributesStart = start + 1 + qualified.length;
      for (const attribute of attributes.matchAll(attributePattern)) {
        const [text, attributeName = '', quoted = ''] = attribute;
        const [attributeNamespace, local] = resolve(attributeName, scope, false);
        if (attributeNamespace === rdf && local === 'about' && isTopLevel(element, open)) {
          about = quoted.slice(1, -1).replaceAll('"', '&quot;') || about;
        }
        if (!wanted(attributeNamespace, local)) {
          if (attributeNamespace !== rdf && attributeNamespace !== '') element.properties++;
          continue;
        }
        const at = attributesStart + attribute.index;
        ranges.push({ start: at, end: at + text.length });
      }
    }
    if (open.length === limits.depth) throw new SyntaxError('too deep');
    if (!empty) open.push(element);
    else if (removed) ranges.push({ start, end: start + whole.length });
    else if (isRdf(element, 'RDF')) throw new SyntaxError('nothing in it');
  }
  if (end === undefined || open.length > 0) throw new SyntaxError('no whole rdf:RDF');
  return { ranges, end, about };
}

/** With the blanks in front of it and the end of its line. */
function wholeLines(packet: string, start: number, end: number): Range {
  while (' \t'.includes(packet[start - 1] ?? 'no')) start--;
  return { start, end: packet[end] === '\n' ? end + 1 : end };
}

function isRdf({ namespace, name }: Element, wanted: string): boolean {
  return namespace === rdf && name === wanted;
}

function isTopLevel(element: Element, open: readonly Element[]): boolean {
  const parent = open.at(-1);
  return isRdf(element, 'Description') && parent !== undefined && isRdf(parent, 'RDF');
}

function scopeOf(
  attributes: string,
  outer: ReadonlyMap<string, string> = new Map([['xml', 'http://www.w3.org/XML/1998/namespace']]),
): ReadonlyMap<string, string> {
  if (!attributes.includes('xmlns')) return outer;
  const scope = new Map(outer);
  for (const [, name = '', quoted = ''] of attributes.matchAll(attributePattern)) {
    if (name === 'xmlns') scope.set('', quoted.slice(1, -1));
    else if (name.startsWith('xmlns:')) scope.set(name.slice(6), quoted.slice(1, -1));
  }
  return scope;
}

/** @throws SyntaxError for a prefix that nobody has declared */
function resolve(
  qualified: string,
  scope: ReadonlyMap<string, string>,
  isElement: boolean,
): [namespace: string, name: string] {
  const colon = qualified.indexOf(':');
  if (colon < 0) return [(isElement && scope.get('')) || '', qualified];
  const prefix = qualified.slice(0, colon);
  if (prefix === 'xmlns') return ['', ''];
  const namespace = scope.get(prefix);
  if (namespace === undefined) throw new SyntaxError(`${prefix} is not declared`);
  return [namespace, qualified.slice(colon + 1)];
}
