// What the host says of the changes goes in, and what the user decides on them; both together come out, and the host is told.
import type { ChangeFacts, Comparison, OverallFacts } from '../compare/protocol';
import type { ChangeActions } from './changesList';

/** So long a choice stands against what the host says of before; in milliseconds. */
const patience = 1500;

/** What can be kept or rejected: the number of a change, from 0, or the overall colour. */
export type Decided = number | 'overall';

/** As the user sees them. */
export interface Seen {
  readonly changes: readonly ChangeFacts[];
  readonly overall: OverallFacts | undefined;
}

export class Choices {
  private seen: Seen = { changes: [], overall: undefined };
  /** What the user chose and the host has not said yet. */
  private readonly chosen = new Map<Decided, boolean>();
  private chosenAt = 0;

  constructor(private readonly actions: Pick<ChangeActions, 'keep' | 'keepOverall'>) {}

  /** The host answers each choice; until then what it sends may be of before. */
  withChosen({ changes, overall, busy }: Comparison): Seen {
    const old = Date.now() - this.chosenAt > patience;
    for (const [decided, kept] of this.chosen) {
      const said = decided === 'overall' ? overall?.kept : changes[decided]?.kept;
      if (said === kept || (old && !busy)) this.chosen.delete(decided);
    }
    const withChoice = <Facts extends { readonly kept: boolean }>(facts: Facts, of: Decided) => ({
      ...facts,
      kept: this.chosen.get(of) ?? facts.kept,
    });
    this.seen = {
      changes: this.chosen.size === 0 ? changes : changes.map(withChoice),
      overall: overall && withChoice(overall, 'overall'),
    };
    return this.seen;
  }

  /** @param changes numbers from 0 */
  keep(changes: readonly number[], kept: boolean): void {
    this.choose(changes, kept);
    this.actions.keep(changes, kept);
  }

  keepOverall(kept: boolean): void {
    this.choose(['overall'], kept);
    this.actions.keepOverall(kept);
  }

  /** Keeps all that is wanted and rejects all that is not, in as few messages as there can be. */
  decide(isWanted: (decided: Decided) => boolean): void {
    const open = this.open(isWanted);
    const numbers = open.filter((decided) => decided !== 'overall');
    for (const kept of [false, true]) {
      const changes = numbers.filter((number) => isWanted(number) === kept);
      if (changes.length > 0) this.keep(changes, kept);
    }
    if (open.includes('overall')) this.keepOverall(isWanted('overall'));
  }

  /** Whether that is what is kept already. */
  isDecided(isWanted: (decided: Decided) => boolean): boolean {
    return this.open(isWanted).length === 0;
  }

  /** What has to be kept or rejected for it. */
  private open(isWanted: (decided: Decided) => boolean): Decided[] {
    const { changes, overall } = this.seen;
    const open: Decided[] = [...changes.keys()].filter(
      (number) => changes[number]!.kept !== isWanted(number),
    );
    // What cannot be rejected stays.
    if (overall && overall.fixed === undefined && overall.kept !== isWanted('overall'))
      open.push('overall');
    return open;
  }

  private choose(decided: readonly Decided[], kept: boolean): void {
    for (const one of decided) this.chosen.set(one, kept);
    this.chosenAt = Date.now();
  }
}
