// The extension's own storage goes in; the id of this machine that is kept there comes out: its name may change any day.
import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { hostname, networkInterfaces } from 'node:os';
import { join } from 'node:path';

/** Each machine that uses the storage has a file here, of its id's name, with what it was recognised by so far. */
const folderName = 'machines';

/** What a machine is recognised by, one line each. The first letters say what it is. */
export type Trait = `boot:${string}` | `card:${string}` | `name:${string}`;

/** What Linux calls the first of all process namespaces: whoever is in another one is in a container. */
const firstNamespace = 'pid:[4026531836]';

/**
 * The storage may be shared, as home folders are in a network: machines are told apart by what they have in common with none
 * other. A name counts where nothing better tells, since machines that get theirs from the network may swap them.
 * @param storage path on a disk
 * @returns eight hexadecimal digits; of this machine's name where nothing can be kept
 */
export function identifyMachine(storage: string, traits = readTraits()): string {
  const folder = join(storage, folderName);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const known = readdirSync(folder)
      .filter((name) => /^[0-9a-f]{8}$/.test(name))
      .sort()
      .map((id) => ({ id, its: readFileSync(join(folder, id), 'utf8').split('\n') }));
    const found =
      known.find(({ its }) => shareAny(its, traits.filter(isSure))) ??
      known.find(({ its }) => shareAny(its, traits) && !(hasCard(its) && hasCard(traits)));
    // Two windows that see a new machine at once give it the same id.
    const id = found?.id ?? digest(traits.join('\n'));
    const added = traits.filter((trait) => !found?.its.includes(trait));
    if (added.length > 0)
      appendFileSync(join(folder, id), added.map((trait) => `${trait}\n`).join(''), {
        mode: 0o600,
      });
    return id;
  } catch {
    return digest(hostname());
  }
}

/** Of the start of the machine, or of the container that this process is in. Undefined where the system does not tell. */
export function readBoot(): string | undefined {
  const boot = quietly(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8'));
  return boot === undefined ? undefined : digest(`${boot} ${readNamespace() ?? ''}`);
}

function readTraits(): Trait[] {
  const boot = readBoot();
  const namespace = readNamespace();
  const isContainer = namespace !== undefined && namespace !== firstNamespace;
  const cards = Object.values(networkInterfaces()).flatMap((addresses = []) =>
    addresses.filter(({ internal, mac }) => !internal && isBuiltIn(mac)).map(({ mac }) => mac),
  );
  return [
    ...(boot === undefined ? [] : [`boot:${boot}` as const]),
    // In a container they may be those of the machine below, which others are in as well.
    ...(isContainer ? [] : [...new Set(cards)].sort().map((mac) => `card:${digest(mac)}` as const)),
    `name:${digest(hostname())}`,
  ];
}

/** Others are made up, by containers, virtual machines and for privacy, and may be the same elsewhere: bit 2 says so. */
function isBuiltIn(mac: string): boolean {
  const first = Number.parseInt(mac.slice(0, 2), 16);
  return (first & 2) === 0 && !/^[0:]*$/.test(mac);
}

function readNamespace(): string | undefined {
  return quietly(() => readlinkSync('/proc/self/ns/pid'));
}

function isSure(trait: string): boolean {
  return !trait.startsWith('name:');
}

function hasCard(traits: readonly string[]): boolean {
  return traits.some((trait) => trait.startsWith('card:'));
}

function shareAny(some: readonly string[], others: readonly string[]): boolean {
  return others.some((trait) => some.includes(trait));
}

/** Eight hexadecimal digits. */
export function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}

export function quietly<Result>(read: () => Result): Result | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
