import { dollars, timeOfDay } from './format.js';

const MARGIN = { top: 12, right: 74, bottom: 24, left: 4 };
const STEPS = [1, 2, 2.5, 5, 10];

/** A price chart of one stock on a canvas, with a cross-hair. */
export class Chart {
  #canvas;
  #context;
  #history = [];
  #pointerX;

  constructor(canvas) {
    this.#canvas = canvas;
    this.#context = canvas.getContext('2d');
    new ResizeObserver(() => this.draw()).observe(canvas);
    canvas.addEventListener('pointermove', (event) => this.#point(event.offsetX));
    canvas.addEventListener('pointerleave', () => this.#point(undefined));
  }

  show(history) {
    this.#history = history;
    this.draw();
  }

  draw() {
    const { width, height } = this.#fit();
    if (this.#history.length < 2) return;
    const scale = this.#scale(width, height);
    this.#drawGrid(scale);
    this.#drawLine(scale);
    this.#drawLast(scale);
    if (this.#pointerX !== undefined) this.#drawCrossHair(scale);
  }

  #point(x) {
    this.#pointerX = x;
    this.draw();
  }

  /** Gives the canvas the pixels of its place on the screen, and empties it. */
  #fit() {
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    const ratio = devicePixelRatio || 1;
    this.#canvas.width = width * ratio;
    this.#canvas.height = height * ratio;
    this.#context.scale(ratio, ratio);
    this.#context.font = `12px ${getComputedStyle(document.body).fontFamily}`;
    return { width, height };
  }

  #scale(width, height) {
    const prices = this.#history.map(({ price }) => price);
    const padding = (Math.max(...prices) - Math.min(...prices) || 1) * 0.12;
    const [low, high] = [Math.min(...prices) - padding, Math.max(...prices) + padding];
    const [from, to] = [this.#history[0].time, this.#history.at(-1).time];
    const bottom = height - MARGIN.bottom;
    const right = width - MARGIN.right;
    return {
      low,
      high,
      from,
      to,
      bottom,
      right,
      x: (time) => MARGIN.left + ((time - from) / (to - from || 1)) * (right - MARGIN.left),
      y: (price) => bottom - ((price - low) / (high - low)) * (bottom - MARGIN.top),
    };
  }

  #drawGrid({ low, high, from, to, bottom, right, x, y }) {
    const context = this.#context;
    context.fillStyle = color('--muted');
    context.strokeStyle = color('--line');
    context.lineWidth = 1;
    context.textAlign = 'left';
    context.textBaseline = 'middle';
    const step = niceStep((high - low) / 5);
    for (let price = Math.ceil(low / step) * step; price < high; price += step) {
      this.#stroke([MARGIN.left, y(price)], [right, y(price)]);
      context.fillText(price.toFixed(2), right + 10, y(price));
    }
    context.textAlign = 'center';
    context.textBaseline = 'bottom';
    const minute = right < 420 ? 60_000 : 30_000;
    for (let time = Math.ceil(from / minute) * minute; time < to; time += minute)
      if (x(time) > 30 && x(time) < right - 20)
        context.fillText(timeOfDay(time), x(time), bottom + 22);
  }

  #drawLine({ bottom, x, y }) {
    const context = this.#context;
    const first = this.#history[0];
    context.beginPath();
    for (const { time, price } of this.#history) context.lineTo(x(time), y(price));
    context.strokeStyle = color('--accent');
    context.lineWidth = 2;
    context.lineJoin = 'round';
    context.stroke();
    context.lineTo(x(this.#history.at(-1).time), bottom);
    context.lineTo(x(first.time), bottom);
    const gradient = context.createLinearGradient(0, MARGIN.top, 0, bottom);
    gradient.addColorStop(0, `${color('--accent')}4d`);
    gradient.addColorStop(1, `${color('--accent')}00`);
    context.fillStyle = gradient;
    context.fill();
  }

  #drawLast({ right, x, y }) {
    const context = this.#context;
    const [before, last] = this.#history.slice(-2);
    const tone = color(last.price < before.price ? '--down' : '--up');
    const [lastX, lastY] = [x(last.time), y(last.price)];
    context.strokeStyle = tone;
    context.lineWidth = 1;
    context.setLineDash([3, 4]);
    this.#stroke([MARGIN.left, lastY], [right, lastY]);
    context.setLineDash([]);
    this.#dot(lastX, lastY, 8, `${tone}33`);
    this.#dot(lastX, lastY, 3.5, tone);
    this.#label(dollars(last.price), right + 5, lastY, tone);
  }

  #drawCrossHair({ right, bottom, x, y }) {
    const context = this.#context;
    const nearest = this.#history.reduce((a, b) =>
      Math.abs(x(a.time) - this.#pointerX) < Math.abs(x(b.time) - this.#pointerX) ? a : b,
    );
    const [atX, atY] = [x(nearest.time), y(nearest.price)];
    context.strokeStyle = color('--muted');
    context.lineWidth = 1;
    this.#stroke([atX, MARGIN.top], [atX, bottom]);
    this.#dot(atX, atY, 4, color('--text'));
    const text = `${dollars(nearest.price)}   ${timeOfDay(nearest.time)}`;
    const width = context.measureText(text).width + 16;
    const left = Math.min(Math.max(MARGIN.left, atX - width / 2), right - width);
    this.#label(text, left, MARGIN.top + 4, color('--text'));
  }

  #label(text, left, middle, background) {
    const context = this.#context;
    context.textAlign = 'left';
    context.textBaseline = 'middle';
    context.fillStyle = background;
    context.beginPath();
    context.roundRect(left, middle - 11, context.measureText(text).width + 14, 22, 6);
    context.fill();
    context.fillStyle = color('--panel');
    context.fillText(text, left + 7, middle + 0.5);
  }

  #dot(x, y, radius, fill) {
    this.#context.fillStyle = fill;
    this.#context.beginPath();
    this.#context.arc(x, y, radius, 0, 2 * Math.PI);
    this.#context.fill();
  }

  #stroke(from, to) {
    this.#context.beginPath();
    this.#context.moveTo(...from);
    this.#context.lineTo(...to);
    this.#context.stroke();
  }
}

const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function niceStep(rough) {
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * STEPS.find((step) => step * power >= rough);
}
