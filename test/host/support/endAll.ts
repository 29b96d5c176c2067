// Takes the steps of a clean-up; runs every one of them in their order, also those after one that fails.

/** @throws the first error, after the last step */
export async function endAll(steps: readonly (() => unknown)[]): Promise<void> {
  const errors: unknown[] = [];
  for (const step of steps) {
    try {
      await step();
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors[0];
}
