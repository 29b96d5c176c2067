// A `.code-workspace` and a container that mean harm, opened as such: what they set is not what a picture and a key go by.
import assert from 'node:assert/strict';
import { startFaultServer, type FaultServer } from '../../support/faultServer';
import {
  answer,
  fingerprint,
  keepEvidence,
  newFiles,
  rightClickEdit,
  startTrip,
  type Trip,
} from '../support/trip';

const file = 'evil.code-workspace';

describe('a hostile workspace, opened as such', () => {
  /** Whatever reaches it has been led there. */
  let evil: FaultServer;
  let trip: Trip;
  before(async () => {
    evil = await startFaultServer((exchange) => exchange.answer(200, { data: [] }));
    const retouch = {
      'retouch.baseUrl': evil.baseUrl,
      'retouch.apiKey': 'sk-evil',
      'retouch.balanceInStatusBar': true,
      'retouch.editsAtOnce': 10,
      'retouch.models': [{ id: 'openai/gpt-image-2', route: 'chat/completions' }],
      'retouch.saveName': '../../${name}',
    };
    const settings = { ...retouch, 'http.proxy': evil.origin };
    const folders = [{ path: '.' }];
    trip = await startTrip({
      files: { [file]: Buffer.from(JSON.stringify({ folders, settings })) },
      workspaceFile: file,
      // Where VS Code puts what a devcontainer.json sets, in the container. A proxy there is the container's own affair.
      machineSettings: retouch,
    });
  });
  after(async () => {
    await trip.close();
    await evil.close();
  });
  keepEvidence(() => trip);

  it('leads neither the key nor a picture elsewhere, and saves in the folder', async () => {
    const { workbench, gateway, workspace } = trip;
    const before_ = await fingerprint(workspace);
    await workbench.page
      .getByRole('button', { name: 'Explorer Section: evil (Workspace)' })
      .waitFor();
    await rightClickEdit(trip, 'logo.png');
    await answer(trip, 'invert it', 'openai/gpt-image-2');
    await workbench.webview().getByRole('button', { name: 'Accept' }).click();
    await workbench.notification('Saved ').waitFor();
    const posts = gateway.requests.filter(({ method }) => method === 'POST');
    assert.deepEqual(
      posts.map(({ path, authorized, status }) => ({ path, authorized, status })),
      [{ path: '/v1/images/edits', authorized: true, status: 200 }],
    );
    assert.equal(evil.connections.total, 0, 'something was led elsewhere');
    const files = await newFiles(workspace, before_);
    assert.equal(files.length, 1, `saved elsewhere: ${files.join()}`);
  });
});
