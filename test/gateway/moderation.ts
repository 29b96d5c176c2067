// An instruction comes in; one that contains "refuse" is answered as a safety system would.
import { Refusal } from './errors';

/** @throws Refusal 400 `moderation_blocked`, in the words that a real relay passed on */
export function refuseUnsafe(instruction: string): void {
  if (!/refuse/i.test(instruction)) return;
  throw new Refusal(
    400,
    'Your request was rejected by the safety system. If you believe this is an error, contact us. safety_violations=[violence].',
    { type: 'image_generation_user_error', code: 'moderation_blocked', param: '' },
  );
}
