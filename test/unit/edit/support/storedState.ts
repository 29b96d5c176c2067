// A Memento without VS Code: what goes in comes out as VS Code gives it to the next window, which is as JSON.
import type { Memento } from 'vscode';

export class StoredState implements Memento {
  private readonly texts = new Map<string, string>();

  keys = () => [...this.texts.keys()];

  get<Value>(name: string, otherwise?: Value): Value | undefined {
    const text = this.texts.get(name);
    return text === undefined ? otherwise : (JSON.parse(text) as Value);
  }

  update(name: string, value: unknown): Promise<void> {
    if (value === undefined) this.texts.delete(name);
    else this.texts.set(name, JSON.stringify(value));
    return Promise.resolve();
  }
}
