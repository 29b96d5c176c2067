// A file system of VS Code's own kind, in memory: what a virtual or remote workspace is to the extension.
import {
  EventEmitter,
  FileSystemError,
  FileType,
  type FileChangeEvent,
  type FileStat,
  type FileSystemProvider,
  type Uri,
} from 'vscode';

/** One folder deep, which is all that the tests need. */
export class MemoryFileSystem implements FileSystemProvider {
  private readonly changed = new EventEmitter<FileChangeEvent[]>();
  readonly onDidChangeFile = this.changed.event;
  readonly files = new Map<string, Uint8Array>();
  /** Makes writing fail after so many bytes, without an error, as a full disk may. */
  truncateAt = Infinity;
  /** Throws where a call is to fail. */
  fail: (call: 'read' | 'write' | 'rename' | 'delete', path: string) => void = () => undefined;

  watch() {
    return { dispose: () => undefined };
  }

  stat(uri: Uri): FileStat {
    if (uri.path === '/') return { type: FileType.Directory, ctime: 0, mtime: 0, size: 0 };
    return { type: FileType.File, ctime: 0, mtime: 0, size: this.readFile(uri).byteLength };
  }

  readDirectory(): [string, FileType][] {
    return [...this.files.keys()].map((path) => [path.slice(1), FileType.File]);
  }

  readFile(uri: Uri): Uint8Array {
    this.fail('read', uri.path);
    const bytes = this.files.get(uri.path);
    if (!bytes) throw FileSystemError.FileNotFound(uri);
    return bytes;
  }

  writeFile(uri: Uri, content: Uint8Array): void {
    this.fail('write', uri.path);
    this.files.set(uri.path, content.slice(0, this.truncateAt));
  }

  rename(from: Uri, to: Uri, { overwrite }: { overwrite: boolean }): void {
    this.fail('rename', to.path);
    if (!overwrite && this.files.has(to.path)) throw FileSystemError.FileExists(to);
    this.files.set(to.path, this.readFile(from));
    this.files.delete(from.path);
  }

  delete(uri: Uri): void {
    this.fail('delete', uri.path);
    if (!this.files.delete(uri.path)) throw FileSystemError.FileNotFound(uri);
  }

  createDirectory(uri: Uri): void {
    throw FileSystemError.NoPermissions(uri);
  }
}
