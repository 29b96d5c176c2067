// Takes what the batch panel's page is made of; gives the static page that the webview starts with.
import { escapeHtml, pageHtml, type PageSources } from './pageHtml';

export const batchFiles = ['batch.js', ['panel.css', 'batch.css']] as const;

export function batchHtml(sources: PageSources): string {
  return pageHtml(
    sources,
    `<main class="panel batch">
      <h1 class="title">${escapeHtml(sources.title)}</h1>
      <p class="words"><span class="visuallyHidden">Instruction: </span><span id="instruction"></span></p>
      <p class="words quiet"><span class="visuallyHidden">Model: </span><span id="model"></span></p>
      <p id="status" class="words" role="status"></p>
      <p id="found" class="words" hidden></p>
      <progress id="progress" class="progress" aria-label="Images that are over" value="0" max="1"></progress>
      <div class="batchActions" role="group" aria-label="Actions">
        <button id="review" class="button primary" type="button" disabled>Review</button>
        <button id="pause" class="button" type="button" disabled>Pause</button>
        <button id="cancelRest" class="button" type="button" disabled>Cancel the Rest</button>
        <button id="retryFailed" class="button" type="button" disabled>Retry Failed</button>
      </div>
      <ul id="rows" class="rows" aria-label="Images" tabindex="0"></ul>
    </main>`,
  );
}
