// The result of an edit goes in; its pictures that can be shown come out, each read to its last pixel before.
import type { EditResult } from '../gateway/requestEdit';
import type { Urgency } from '../picture/pictureWorker';
import { pictureWorker } from './pictureWorker';
import type { Services } from './services';
import { readEdited, type Edited } from './versions';

/** @throws EditError (`badPicture`) where none can be shown */
export function readReceived(
  services: Services,
  result: Pick<EditResult, 'pictures'>,
  urgency?: Urgency,
): Promise<Edited> {
  return readEdited(result, async ({ bytes, info: { format } }) => {
    try {
      const job = { type: 'readable', encoded: { bytes, format } } as const;
      return (await pictureWorker(services).run(job, undefined, urgency)).isReadable;
    } catch (error) {
      // What cannot be looked at now is no reason to withhold what was paid for.
      services.log.warn(`An edited picture could not be checked: ${String(error)}`);
      return true;
    }
  });
}
