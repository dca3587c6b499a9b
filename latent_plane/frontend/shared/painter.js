// Paints what the decoder answers: a picture, or one bar a feature.

export function painterFor(output, host) {
  host.replaceChildren();
  host.dataset.kind = output.kind;
  return output.kind === "image" ? new PicturePainter(output, host) : new BarPainter(output, host);
}

// Writes a picture (height x width x channels, in [0, 1]) as RGBA bytes.
export function rgba(values, channels, bytes) {
  const last = channels - 1;
  for (let i = 0, j = 0; j < bytes.length; i += channels, j += 4) {
    bytes[j] = values[i] * 255;
    bytes[j + 1] = values[i + Math.min(1, last)] * 255;
    bytes[j + 2] = values[i + Math.min(2, last)] * 255;
    bytes[j + 3] = 255;
  }
  return bytes;
}

class PicturePainter {
  constructor({ width, height, channels }, host) {
    this.canvas = document.createElement("canvas");
    this.canvas.className = "lp-picture";
    this.canvas.setAttribute("role", "img");
    this.canvas.setAttribute("aria-label", "Decoded picture");
    Object.assign(this.canvas, { width, height });
    this.canvas.style.aspectRatio = `${width} / ${height}`;
    this.channels = channels;
    this.context = this.canvas.getContext("2d");
    this.image = this.context.createImageData(width, height);
    host.append(this.canvas);
  }

  paint(values) {
    rgba(values, this.channels, this.image.data);
    this.context.putImageData(this.image, 0, 0);
  }
}

class BarPainter {
  constructor({ bars }, host) {
    this.bars = bars.map((bar) => {
      const row = document.createElement("div");
      row.className = "lp-bar";
      const [name, value, track, fill] = ["span", "output", "div", "div"].map((tag) =>
        document.createElement(tag),
      );
      name.textContent = bar.name;
      name.title = `${bar.name}: data from ${short(bar.low)} to ${short(bar.high)} ${bar.unit}`;
      track.append(fill);
      row.append(name, value, track);
      host.append(row);
      return { ...bar, value, fill };
    });
  }

  paint(values) {
    this.bars.forEach(({ low, high, unit, value, fill }, i) => {
      const share = (values[i] - low) / (high - low || 1);
      fill.style.transform = `scaleX(${Math.min(1, Math.max(0, share))})`;
      value.textContent = unit ? `${short(values[i])} ${unit}` : short(values[i]);
    });
  }
}

function short(value) {
  const size = Math.abs(value);
  const digits = size >= 1000 ? 0 : size >= 100 ? 1 : size >= 1 ? 2 : size >= 0.01 ? 3 : 4;
  return value.toFixed(digits).replace("-", "−");
}
