// A file of a Git repository goes in; what the last commit has of it comes out, by Git's own word, or a sentence on what it is
// there. Knows nothing of VS Code.
import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { basename, dirname, join, posix, sep } from 'node:path';
import { promisify } from 'node:util';
import { readLfsPicture } from './lfsObject';

const execute = promisify(execFile);

/** Why there is nothing to compare with, as a sentence for the user. */
export class NoHeadError extends Error {}

export interface HeadPicture {
  readonly bytes: Uint8Array;
  /** Where the last commit has it, from the repository's root, where that is another place than the file's. */
  readonly otherName?: string;
}

/** Bytes: what is larger no original may have either. */
const sizeLimit = 400 * 1024 * 1024;

/** Links that lead to links: more go in a circle. */
const linkLimit = 10;

/** What says to Git which repository it works on, whatever folder it is called in. */
const misleading = ['GIT_DIR', 'GIT_WORK_TREE', 'GIT_INDEX_FILE', 'GIT_PREFIX', 'GIT_COMMON_DIR'];

/** Git at the folder of one file. Nothing that it does here changes anything. */
export class FileInGit {
  private constructor(
    private readonly program: string,
    private readonly folder: string,
    /** From the repository's root, with slashes. */
    readonly name: string,
    /** Per cent that a renamed file must be like it was. */
    private readonly similarity: number,
  ) {}

  /**
   * @param program path of Git
   * @param path of the file, absolute; it may be gone
   * @param similarity per cent that a renamed file must be like it was
   * @throws NoHeadError where it is in no repository
   */
  static async open(program: string, path: string, similarity = 50): Promise<FileInGit> {
    // Its folder may be gone with it.
    let folder = dirname(path);
    let rest = basename(path);
    while (folder !== dirname(folder) && !(await isFolder(folder))) {
      rest = join(basename(folder), rest);
      folder = dirname(folder);
    }
    const git = new FileInGit(program, folder, '', similarity);
    const inside = await git
      .ask('rev-parse', '--is-inside-work-tree', '--show-prefix')
      .catch((error: unknown) => {
        const said = saidBy(error);
        throw new NoHeadError(
          /not a git repository/i.test(said)
            ? 'It is in no Git repository.'
            : `Git cannot read its repository. It says: ${said}`,
          { cause: error },
        );
      });
    const [isInside, prefix = ''] = inside.toString('utf8').split('\n');
    if (isInside !== 'true') throw new NoHeadError('It is a part of Git’s own data.');
    return new FileInGit(program, folder, prefix + rest.split(sep).join('/'), similarity);
  }

  /** @throws NoHeadError where the last commit has no such picture, or not here */
  async readHead(): Promise<HeadPicture> {
    await this.ask('rev-parse', '--verify', '--quiet', 'HEAD^{commit}').catch((error: unknown) => {
      throw new NoHeadError('Its repository has no commit yet: there is nothing to compare with.', {
        cause: error,
      });
    });
    const { name, id } = await this.find();
    const size = Number(await this.ask('cat-file', '-s', id));
    if (!(size <= sizeLimit)) throw new NoHeadError('What the last commit has is over 400 MB.');
    const blob = await this.ask('cat-file', 'blob', id);
    const bytes = await this.resolveLfs(
      blob,
      'Git LFS keeps it, and what the last commit has is not on this machine: git lfs fetch brings it.',
    );
    return { bytes, ...(name !== this.name && { otherName: name }) };
  }

  /**
   * What Git LFS keeps, in place of its pointer; all else as it is.
   * @throws NoHeadError in these words, where it is not here
   */
  async resolveLfs(bytes: Uint8Array, otherwise: string): Promise<Uint8Array> {
    const folder = async () => {
      const [common, storage] = await Promise.all([
        this.ask('rev-parse', '--git-common-dir'),
        this.ask('config', '--get', 'lfs.storage').catch(() => Buffer.from('lfs')),
      ]);
      return { base: this.folder, common: line(common), storage: line(storage) };
    };
    const found = await readLfsPicture(bytes, folder);
    if (found === 'missing') throw new NoHeadError(otherwise);
    return found;
  }

  /** What it is called now, where it was renamed; undefined where Git knows nothing of that. */
  async newName(): Promise<string | undefined> {
    return (await this.renames()).find(({ old }) => old === this.name)?.now;
  }

  /** Through links, and under the name of before where it was renamed. */
  private async find(): Promise<{ readonly name: string; readonly id: string }> {
    let { name } = this;
    let wasRenamed = false;
    for (let links = 0; links <= linkLimit;) {
      const { entry, rest } = await this.nearest(name);
      const isWhole = rest === '';
      if (entry?.mode === '160000') {
        throw new NoHeadError(
          isWhole
            ? 'In the last commit it is a submodule, a repository of its own, and no image.'
            : `It is in the submodule ${entry.name}, a repository of its own that is not here. git submodule update --init brings it.`,
        );
      }
      if (entry?.mode === '120000') {
        name = await this.follow(entry, rest);
        links++;
        continue;
      }
      if (entry && isWhole) {
        if (entry.type === 'blob') return { name, id: entry.id };
        throw new NoHeadError('In the last commit it is a folder, and no image.');
      }
      const old = wasRenamed
        ? undefined
        : (await this.renames()).find(({ now }) => now === name)?.old;
      if (old === undefined) {
        throw new NoHeadError(
          name === this.name || wasRenamed
            ? 'The last commit does not have it: it is new, and there is nothing to compare with.'
            : `In the last commit it is a symbolic link to ${name}, which that commit does not have.`,
        );
      }
      wasRenamed = true;
      name = old;
    }
    throw new NoHeadError('In the last commit it is a symbolic link that leads in a circle.');
  }

  /** Where the link leads, from the root. */
  private async follow(link: Entry, rest: string): Promise<string> {
    const target = (await this.ask('cat-file', 'blob', link.id)).toString('utf8');
    const name = posix.normalize(posix.join(posix.dirname(link.name), target, rest));
    if (/^([A-Za-z]:|[/\\])/.test(target) || /^\.\.(\/|$)/.test(name)) {
      throw new NoHeadError(
        `In the last commit it is a symbolic link to ${target}, outside of the repository.`,
      );
    }
    return name;
  }

  /** It, or the link or submodule on the way to it. */
  private async nearest(name: string): Promise<{ entry?: Entry; rest: string }> {
    const entry = await this.entry(name);
    if (entry) return { entry, rest: '' };
    const parts = name.split('/');
    for (let length = 1; length < parts.length; length++) {
      const above = await this.entry(parts.slice(0, length).join('/'));
      if (above?.type !== 'tree')
        return { ...(above && { entry: above }), rest: parts.slice(length).join('/') };
    }
    return { rest: '' };
  }

  private async entry(name: string): Promise<Entry | undefined> {
    const listed = await this.ask('ls-tree', '-z', '--full-tree', 'HEAD', '--', name);
    for (const row of listed.toString('utf8').split('\0')) {
      const [, mode = '', type = '', id = '', at] =
        /^(\d+) (\w+) ([0-9a-f]+)\t(.*)$/s.exec(row) ?? [];
      if (at === name) return { mode, type, id, name };
    }
    return undefined;
  }

  /** As the index has them, then as the working tree has them. */
  private async renames(): Promise<{ readonly old: string; readonly now: string }[]> {
    const found: { old: string; now: string }[] = [];
    for (const where of [['--cached'], []]) {
      const listed = await this.ask(
        ...['diff', ...where, '-z', '--name-status', `-M${this.similarity}%`, '--diff-filter=R'],
        ...['--no-ext-diff', '--no-textconv', '--no-relative', 'HEAD', '--'],
      ).catch(() => Buffer.alloc(0));
      const parts = listed.toString('utf8').split('\0');
      for (let at = 0; at + 2 < parts.length; at += 3)
        found.push({ old: parts[at + 1]!, now: parts[at + 2]! });
    }
    return found;
  }

  private async ask(...args: string[]): Promise<Buffer> {
    const env = { ...process.env, LC_ALL: 'C', GIT_LITERAL_PATHSPECS: '1' };
    const { stdout } = await execute(
      this.program,
      // Nothing is written, and nothing of the repository's is run.
      ['--no-optional-locks', '-c', 'core.fsmonitor=false', ...args],
      {
        cwd: this.folder,
        encoding: 'buffer',
        maxBuffer: sizeLimit + 1024,
        windowsHide: true,
        env: Object.fromEntries(Object.entries(env).filter(([name]) => !misleading.includes(name))),
      },
    );
    return stdout;
  }
}

interface Entry {
  readonly mode: string;
  readonly type: string;
  readonly id: string;
  /** From the root. */
  readonly name: string;
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

function line(bytes: Buffer): string {
  return bytes.toString('utf8').replace(/\r?\n$/, '');
}

/** Git's first line about what went wrong. */
function saidBy(error: unknown): string {
  const stderr =
    error instanceof Error && 'stderr' in error && Buffer.isBuffer(error.stderr)
      ? error.stderr.toString('utf8')
      : String(error);
  return (
    stderr
      .trim()
      .split('\n')[0]
      ?.replace(/^fatal: /, '') ?? ''
  );
}
