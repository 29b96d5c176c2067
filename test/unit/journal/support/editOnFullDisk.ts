// A place on a small disk goes in, for a process that alone sees that disk; what an edit there came to is printed.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { EditError } from '../../../../src/gateway/errors';
import { imagesAnswer, picture } from '../../../support/gatewayAnswers';
import { editOnce } from './editOnce';

async function main(disk: string): Promise<void> {
  const { result, error, lost, requests } = await editOnce({
    root: join(disk, 'journal'),
    fault: (exchange) => exchange.answer(200, imagesAnswer(picture)),
  });
  const code = (value: unknown) => (value instanceof Error && 'code' in value ? value.code : value);
  const said = {
    picture: result?.pictures.map((bytes) => Buffer.from(bytes).equals(picture)),
    error: error instanceof EditError ? [error.reason, error.charge] : error,
    lost: lost.map(code),
    requests,
    left: readdirSync(join(disk, 'journal'), { recursive: true }).length,
  };
  console.log(JSON.stringify(said));
}

void main(process.argv[2]!);
