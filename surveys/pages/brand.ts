/** A colour as its three parts, 0 to 255. */
type Rgb = readonly [number, number, number];

function parse(hex: string): Rgb {
  const n = Number.parseInt(hex.slice(1), 16);
  return [(n >> 16) & 255, (n >> 8) & 255, n & 255];
}

function write(colour: Rgb): string {
  return `#${colour.map((c) => Math.round(c).toString(16).padStart(2, "0")).join("")}`;
}

/** Relative luminance (WCAG 2.2). */
function luminance(colour: Rgb): number {
  const [r, g, b] = colour.map((c) => {
    const s = c / 255;
    return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** Contrast of two colours, 1 to 21 (WCAG 2.2). */
export function contrast(a: string, b: string): number {
  const [x, y] = [luminance(parse(a)), luminance(parse(b))];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

function mixed(colour: Rgb, towards: Rgb, share: number): Rgb {
  return colour.map((c, i) => c + ((towards[i] as number) - c) * share) as unknown as Rgb;
}

/** The colour itself, or as little darker or lighter as it takes to be read on the ground: 4.5 to 1 (WCAG 1.4.3). */
export function readable(hex: string, ground: string): string {
  const towards: Rgb = luminance(parse(ground)) > 0.18 ? [0, 0, 0] : [255, 255, 255];
  for (let step = 0; step <= 20; step++) {
    const candidate = write(mixed(parse(hex), towards, step / 20));
    if (contrast(candidate, ground) >= 4.5) return candidate;
  }
  return write(towards);
}

function inkOn(hex: string): string {
  return contrast(hex, "#ffffff") >= contrast(hex, "#14181f") ? "#ffffff" : "#14181f";
}

const GROUNDS = { light: ["#ffffff", "#f5f6f8"], dark: ["#1b2029", "#12151b"] } as const;

/** A style sheet that puts a brand's colour in the place of ours, light and dark, never at the cost of reading. */
export function brandStyle(accent: string): string {
  const rules = (ground: readonly [string, string]) => {
    const shown = readable(readable(accent, ground[0]), ground[1]);
    const tint = write(mixed(parse(ground[0]), parse(shown), 0.1));
    return `:root{--accent:${shown};--accent-ink:${inkOn(shown)};--tint:${tint}}`;
  };
  return `${rules(GROUNDS.light)}@media (prefers-color-scheme:dark){${rules(GROUNDS.dark)}}\n`;
}
