// What went wrong goes in; one message with the next steps is shown, and the chosen step is taken.
import { commands, window, type Uri } from 'vscode';
import { EditError, chargeInWords, type Charge, type Reason } from '../gateway/errors';
import { downloadAgain, mayCome } from './downloadAgain';
import { damagedOf } from './damaged';
import { saveAsReceived, saveReceived } from './saveReceived';
import type { Services } from './services';

interface Step {
  readonly label: string;
  readonly take: () => unknown;
}

export interface NextSteps {
  /** With everything filled in as it was. */
  readonly tryAgain?: () => Promise<void>;
  /** Where that is not done by trying again. */
  readonly changeInstruction?: () => Promise<void>;
  /** What was paid for, once more. */
  readonly download?: (() => Promise<void>) | undefined;
  /** Beside it, what was paid for and cannot be shown can be saved as it was received. */
  readonly original?: Uri | undefined;
}

/**
 * @param subject what it is about, such as a file's name
 * @param next the steps that there are for this subject
 */
export async function report(
  services: Services,
  subject: string,
  error: unknown,
  next: NextSteps = {},
): Promise<void> {
  const { log } = services;
  const { tryAgain, changeInstruction = tryAgain, download, original } = next;
  const steps: Step[] = [];
  let message: string;
  if (error instanceof EditError) {
    const { reason, charge, requestId } = error;
    message = `${subject}: ${error.message} ${chargeInWords(charge)}`;
    log.error(`${message} [${reason}${requestId ? `, request ${requestId}` : ''}]`);
    steps.push(...stepsFor(reason, tryAgain));
  } else {
    message = `${subject}: Retouch failed in a way it did not expect (${error instanceof Error ? error.message : String(error)}).`;
    log.error(error instanceof Error ? error : String(error));
    steps.push({ label: 'Show Log', take: () => commands.executeCommand('retouch.showLog') });
  }
  // The same once more is refused once more, and too many refusals can cost the account.
  const first: Step | undefined =
    error instanceof EditError && error.reason === 'moderation'
      ? changeInstruction && { label: 'Change the Instruction', take: changeInstruction }
      : tryAgain && { label: 'Try Again', take: tryAgain };
  if (first) steps.unshift(first);
  // It costs nothing, unlike trying again.
  if (download && mayCome(error)) steps.unshift({ label: downloadAgain, take: download });
  const damaged = damagedOf(error);
  if (original && damaged.length > 0) {
    const take = () => saveReceived(services, original, damaged);
    steps.unshift({ label: saveAsReceived, take });
  }
  const chosen = await window.showErrorMessage(message, ...steps.map(({ label }) => label));
  await steps.find(({ label }) => label === chosen)?.take();
}

function stepsFor(reason: Reason, tryAgain: (() => Promise<void>) | undefined): Step[] {
  const settings = (name: string): Step => ({
    label: 'Open Settings',
    take: () => commands.executeCommand('workbench.action.openSettings', name),
  });
  switch (reason) {
    case 'key':
      return [
        {
          label: 'Set API Key…',
          // Goes on where it was, with everything filled in.
          take: async () => {
            await commands.executeCommand('retouch.setApiKey');
            await tryAgain?.();
          },
        },
      ];
    case 'settings':
    case 'unreachable':
    case 'connectTimeout':
    case 'redirected':
    case 'notFound':
    case 'certificate':
      return [settings('retouch.baseUrl')];
    case 'proxy':
      return [settings('http.proxy')];
    case 'timeout':
      return [settings('retouch.timeoutSeconds')];
    case 'badAnswer':
    case 'gateway':
      return [{ label: 'Show Log', take: () => commands.executeCommand('retouch.showLog') }];
    default:
      return [];
  }
}

/** @returns whether the user wants to try once more */
export async function sayCancelled(
  { log }: Services,
  fileName: string,
  charge: Charge,
): Promise<boolean> {
  log.info(`${fileName}: cancelled`);
  const tryAgain = 'Try Again';
  const chosen = await window.showInformationMessage(
    `Cancelled the edit of ${fileName}. ${
      charge === 'none' ? chargeInWords(charge) : 'The gateway may charge for it all the same.'
    }`,
    tryAgain,
  );
  return chosen === tryAgain;
}
