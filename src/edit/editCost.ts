// What one edit costs: looked at before it is sent and after its answer, and remembered for the next one like it.
import type { Memento } from 'vscode';
import { fetchSpent } from '../gateway/balance';
import type { EditOptions } from '../gateway/capabilities';
import type { Connection } from '../gateway/connection';
import type { CostOfEdit } from '../gateway/costMeter';
import { EditError } from '../gateway/errors';
import type { Model } from '../gateway/models';
import type { EditResult } from '../gateway/requestEdit';
import type { Asked } from './ask';
import { keepCost, lastCost } from './keptOptions';
import type { Services } from './services';
import type { Settings } from './settings';

/** Nothing here delays an edit or makes it fail. */
export class EditCost {
  private cost: CostOfEdit | undefined;
  private looks = 0;
  private sent = false;
  private isOver = false;

  /** @param pictureCount input pictures, the original included */
  constructor(
    private readonly services: Pick<Services, 'costs' | 'didEdit' | 'log'> & {
      readonly context: { readonly globalState: Memento };
    },
    private readonly settings: Pick<Settings, 'baseUrl'>,
    private readonly pictureCount = 1,
  ) {}

  /**
   * A moment before the edit is sent; again when the user has gone back.
   * @param connecting without asking the user anything: see `connectSilently`
   */
  lookAhead(connecting: Promise<Connection | undefined>): void {
    this.cost?.giveUp('none');
    this.cost = undefined;
    const look = ++this.looks;
    connecting.then(
      (connection) => {
        if (connection && look === this.looks && !this.sent)
          this.cost = this.services.costs.look(connection, fetchSpent);
      },
      // Whatever is in the way stops the edit itself, with a message.
      () => undefined,
    );
  }

  /** US dollars that the last such edit cost, where one has. */
  last(model: Model, options: EditOptions = {}): number | undefined {
    return lastCost(this.services.context.globalState, this.priced(model, options));
  }

  begin(connection: Connection): void {
    this.sent = true;
    // Without a look the cost is what the gateway says, or unknown.
    this.cost ??= this.services.costs.look(connection, undefined);
    this.cost.begin();
  }

  /** US dollars for all pictures of the answer; undefined where it is not sure. Never rejects. */
  async settle(result: EditResult, { model, options }: Asked): Promise<number | undefined> {
    this.isOver = true;
    const { context, didEdit, log } = this.services;
    const cost = await this.cost?.settle(result);
    didEdit.fire();
    if (cost !== undefined) {
      try {
        await keepCost(context.globalState, this.priced(model, options), cost);
      } catch (error) {
        log.warn(`The cost of the edit could not be kept: ${String(error)}`);
      }
    }
    return cost;
  }

  /** There will be no result, or nothing was sent at all. What is said a second time is known. */
  giveUp(error?: unknown): void {
    if (this.isOver) return;
    this.isOver = true;
    this.looks++;
    this.cost?.giveUp(error instanceof EditError ? error.charge : 'unknown');
    if (this.sent) this.services.didEdit.fire();
  }

  private priced(model: Model, options: EditOptions | undefined) {
    return { baseUrl: this.settings.baseUrl, model, options, pictureCount: this.pictureCount };
  }
}
