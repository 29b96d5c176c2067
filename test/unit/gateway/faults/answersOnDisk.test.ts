// The proof that I3 is looked at: recorders that lose something must not get through any row.
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import type { AnswerRecord, Recorder } from '../../../../src/gateway/recorder';
import { imagesAnswer, picture } from '../../../support/gatewayAnswers';
import { apiKey, runRow, type FaultRow } from '../support/invariants';

const success = JSON.stringify(imagesAnswer(picture));

const row: FaultRow = {
  section: 'Success bodies',
  row: 'none',
  what: 'an answer that is right',
  fault: () => (exchange) => exchange.answer(200, success),
  ends: { pictures: [picture] },
  billable: 1,
};

const linked: FaultRow = {
  ...row,
  fault: () => (exchange) =>
    exchange.method === 'POST'
      ? exchange.answer(200, {
          data: [{ url: `http://${exchange.headers['host'] ?? ''}/picture.png` }],
        })
      : exchange.answer(200, picture),
};

/** A recorder like the journal's, but for what `change` gives in place of a method of its answers. */
function spoilAnswers(change: (record: AnswerRecord) => Partial<AnswerRecord>) {
  return (recorder: Recorder): Recorder => ({
    beforeSending: () => recorder.beforeSending(),
    openAnswer: (call, head) => {
      const record = recorder.openAnswer(call, head);
      return {
        write: (chunk) => record.write(chunk),
        end: (whole) => record.end(whole),
        keepPicture: (index, bytes) => record.keepPicture(index, bytes),
        ...change(record),
      };
    },
  });
}

const run = (spoil: (recorder: Recorder) => Recorder, what = row) =>
  runRow(what, () => undefined, spoil);

describe('I3: what was paid for is on disk', () => {
  it('with the recorder of the journal', async () => {
    await run((recorder) => recorder);
    await run((recorder) => recorder, linked);
  });

  it('not with one that loses the last byte of a chunk', async () => {
    const spoil = spoilAnswers((record) => ({
      write: (chunk) => record.write(chunk.subarray(0, -1)),
    }));
    await assert.rejects(run(spoil), /I3: bytes that were kept/);
  });

  it('not with one that changes a byte', async () => {
    const spoil = spoilAnswers((record) => ({
      write: (chunk) => {
        const other = Buffer.from(chunk);
        other[0]! ^= 1;
        return record.write(other);
      },
    }));
    await assert.rejects(run(spoil), /I3: other bytes were kept/);
  });

  it('not with one that keeps no answer', async () => {
    const spoil = (recorder: Recorder): Recorder => ({
      beforeSending: () => recorder.beforeSending(),
      openAnswer: () => ({
        write: () => Promise.resolve(),
        end: () => Promise.resolve(),
        keepPicture: () => Promise.resolve(),
      }),
    });
    await assert.rejects(run(spoil), /I3: answers that were kept/);
  });

  it('not with one that writes only after the caller has its result', async () => {
    let late = Promise.resolve();
    const spoil = spoilAnswers((record) => {
      const chunks: Uint8Array[] = [];
      return {
        write: (chunk) => {
          chunks.push(Buffer.from(chunk));
          return Promise.resolve();
        },
        end: () => {
          late = delay(500).then(async () => {
            await record.write(Buffer.concat(chunks));
            await record.end(true);
          });
          return Promise.resolve();
        },
      };
    });
    await assert.rejects(run(spoil), /I3: bytes that were kept/);
    await late;
  });

  it('not with one that leaves the answer open', async () => {
    const open: AnswerRecord[] = [];
    const spoil = spoilAnswers((record) => {
      open.push(record);
      return { end: () => Promise.resolve() };
    });
    await assert.rejects(run(spoil), /I6: files are open/);
    for (const record of open) await record.end(false);
  });

  it('not with one that does not say that it is being sent', async () => {
    const spoil = (recorder: Recorder): Recorder => ({
      beforeSending: () => Promise.resolve(),
      openAnswer: (call, head) => recorder.openAnswer(call, head),
    });
    await assert.rejects(run(spoil), /I3: the state/);
  });

  it('not with one that says so when the first byte has left', async () => {
    let mark = () => Promise.resolve();
    const spoil = (recorder: Recorder): Recorder => ({
      beforeSending: () => {
        mark = () => recorder.beforeSending();
        return Promise.resolve();
      },
      openAnswer: (call, head) => recorder.openAnswer(call, head),
    });
    const fault: FaultRow['fault'] = () => async (exchange) => {
      await mark();
      await exchange.answer(200, success);
    };
    await assert.rejects(run(spoil, { ...row, fault }), /I3: the first byte had left/);
  });

  it('not with one that does not keep what is behind a link', async () => {
    const spoil = spoilAnswers(() => ({ keepPicture: () => Promise.resolve() }));
    await assert.rejects(run(spoil, linked), /I3: not recovered/);
  });

  it('with an answer that holds the key, but for the key', async () => {
    const echo: FaultRow = {
      ...row,
      fault: () => (exchange) => exchange.answer(200, { key: apiKey, ...JSON.parse(success) }),
    };
    await run((recorder) => recorder, echo);
  });
});
