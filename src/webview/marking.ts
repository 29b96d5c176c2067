// Takes what the user does with the tools, the pointer and the keys; marks the region with it, and tells what is marked.
import { shareMarked, type MarkedRegion } from '../compare/protocol';
import { shareInWords } from '../compare/shareInWords';
import { elements } from './elements';
import { RegionEditor, tools, type Tool } from './regionEditor';
import type { Stage } from './stage';
import type { Point, Size, Viewport } from './viewport';

/** CSS pixels that an arrow key moves the pen. */
const penStep = 8;

const toolKeys: Readonly<Record<string, Tool>> = {
  r: 'rectangle',
  b: 'brush',
  e: 'eraser',
  l: 'lasso',
};

export interface MarkingActions {
  /** What is marked has changed. */
  changed(region: MarkedRegion | undefined): void;
  /** For those who do not see it. */
  speak(words: string): void;
  /** The spot is to be seen. */
  follow(spot: Point): void;
  /** There is a canvas to lay over the original, and perhaps something on it. */
  opened(): void;
}

export class Marking {
  private readonly editor: RegionEditor;
  /** How much is marked, from 0 to 1. */
  private marked = 0;
  private region: MarkedRegion | undefined;
  private size: Size = { width: 1, height: 1 };
  /** Where the keys have moved the pen; undefined while the pointer draws. */
  private pen: Point | undefined;

  constructor(
    private readonly stage: Stage,
    private readonly viewport: Viewport,
    private readonly actions: MarkingActions,
  ) {
    this.editor = new RegionEditor(elements.region, () => this.read(true));
    for (const radio of elements.toolRadios) {
      radio.addEventListener('change', () => {
        const tool = tools.find((known) => known === radio.value);
        if (tool) this.choose(tool);
      });
    }
    elements.invert.addEventListener('click', () => this.editor.invert());
    elements.undo.addEventListener('click', () => this.editor.undo());
    elements.clear.addEventListener('click', () => this.editor.clear());
    elements.brushWidth.addEventListener('input', () => {
      const { narrowest, widest } = this.editor.widths;
      const part = elements.brushWidth.valueAsNumber / 100;
      this.editor.width = Math.round(narrowest * (widest / narrowest) ** part);
      this.draw();
    });
  }

  /** Undefined while nothing is marked. */
  get now(): MarkedRegion | undefined {
    return this.region;
  }

  get isOpen(): boolean {
    return this.editor.isOpen;
  }

  /** From 0 to 1. */
  get share(): number {
    return this.marked;
  }

  /** @param size of the original, in pixels */
  open(size: Size, region: MarkedRegion | undefined): void {
    this.size = size;
    this.editor.open(size, region);
    this.read(false);
    this.actions.opened();
  }

  begin(spot: Point, erases: boolean): void {
    this.pen = undefined;
    this.editor.begin(spot, erases);
    this.point(spot);
  }

  goOn(spots: readonly Point[]): void {
    this.editor.goOn(spots);
    this.point(spots.at(-1));
  }

  end(): void {
    this.editor.end();
  }

  /** A second finger has come: they pinch. */
  giveUp(): void {
    this.editor.giveUp();
  }

  /** The pointer is there, or gone: the brush shows how wide it is. */
  point(spot: Point | undefined): void {
    if (spot) this.pen = undefined;
    this.placeRing(spot ?? this.pen);
  }

  /** After a move of the pictures. */
  place(): void {
    this.placeRing(this.pen);
  }

  /** One step right or down is 1. */
  movePen(x: number, y: number): void {
    const step = Math.max(1, penStep / this.viewport.scale);
    const { x: left, y: top } = this.pen ?? this.viewport.centre;
    const { width, height } = this.size;
    this.pen = {
      x: Math.min(width, Math.max(0, left + x * step)),
      y: Math.min(height, Math.max(0, top + y * step)),
    };
    if (this.editor.isDrawing) this.editor.goOn([this.pen]);
    this.actions.follow(this.pen);
    this.placeRing(this.pen);
    this.actions.speak(`${Math.round(this.pen.x)}, ${Math.round(this.pen.y)}`);
  }

  /** Puts the pen down, or lifts it. */
  press(): void {
    this.pen ??= this.viewport.centre;
    if (this.editor.isDrawing) {
      this.editor.end();
      this.actions.speak(`Pen up. ${this.inWords()}`);
    } else {
      this.editor.begin(this.pen, false);
      this.actions.speak('Pen down');
    }
    this.placeRing(this.pen);
  }

  /** Whether the key means something here. */
  key(key: string): boolean {
    const tool = toolKeys[key.toLowerCase()];
    if (tool) {
      this.choose(tool);
      this.actions.speak(
        elements.toolRadios.find(({ checked }) => checked)?.labels?.[0]?.textContent ?? '',
      );
    } else if (key === '[' || key === ']') {
      this.editor.widen(key === ']' ? 1 : -1);
      this.draw();
      this.actions.speak(this.widthInWords());
    } else if (key.toLowerCase() === 'i') {
      this.editor.invert();
      this.actions.speak(this.inWords());
    } else return false;
    return true;
  }

  undo(): void {
    this.editor.undo();
    this.actions.speak(this.inWords());
  }

  private choose(tool: Tool): void {
    this.editor.tool = tool;
    this.draw();
  }

  private read(tell: boolean): void {
    this.region = this.editor.region;
    this.marked = this.region ? shareMarked(this.region) : 0;
    this.draw();
    if (tell) this.actions.changed(this.region);
  }

  private draw(): void {
    const { tool, width, widths, canUndo } = this.editor;
    const focused = elements.regionTools.contains(document.activeElement);
    for (const radio of elements.toolRadios) {
      radio.checked = radio.value === tool;
      if (radio.checked && focused && document.activeElement?.matches('[type=radio]'))
        radio.focus();
    }
    const { narrowest, widest } = widths;
    const part = Math.log(width / narrowest) / Math.log(widest / narrowest);
    elements.brushWidth.value = String(Math.round(100 * part));
    elements.brushWidth.setAttribute('aria-valuetext', this.widthInWords());
    elements.brushWidthValue.textContent = this.widthInWords();
    elements.brushWidth.disabled = tool !== 'brush' && tool !== 'eraser';
    elements.undo.disabled = !canUndo;
    elements.clear.disabled = !this.region;
    this.placeRing(this.pen);
  }

  private placeRing(spot: Point | undefined): void {
    const { brushRing, original } = elements;
    const { tool, width } = this.editor;
    const hasWidth = tool === 'brush' || tool === 'eraser';
    brushRing.hidden = !spot || !(hasWidth || this.pen);
    brushRing.classList.toggle('pen', this.pen !== undefined);
    if (!spot) return;
    const { x, y } = this.stage.placeOf(original.view, spot);
    const side = hasWidth ? Math.max(3, width * this.viewport.scale) : 0;
    brushRing.style.width = `${side}px`;
    brushRing.style.height = `${side}px`;
    brushRing.style.transform = `translate(${x - side / 2}px, ${y - side / 2}px)`;
  }

  private widthInWords(): string {
    return `${this.editor.width} px`;
  }

  private inWords(): string {
    return this.region ? `${shareInWords(this.marked)} marked` : 'Nothing is marked';
  }
}
