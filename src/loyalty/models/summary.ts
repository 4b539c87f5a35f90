/** What a purchase model needs of one member, in weeks: repeat purchases, time of the last one, age; both since the first. */
export interface PurchaseHistory {
  /** Days with a purchase after the first one. */
  readonly x: number;
  /** 0 when x is 0. */
  readonly tx: number;
  readonly t: number;
}

/** Equal histories once each, with how many members have them. Times are indexed, so that each logarithm is taken once. */
export interface PurchaseSummary {
  readonly members: number;
  readonly repeaters: number;
  readonly groups: number;
  readonly weight: Float64Array;
  readonly x: Float64Array;
  /** Distinct values, and for each group the place of its own. */
  readonly xs: Float64Array;
  readonly xAt: Uint32Array;
  readonly txs: Float64Array;
  readonly txAt: Uint32Array;
  readonly ts: Float64Array;
  readonly tAt: Uint32Array;
}

/** Groups histories; `counts` says how many members each stands for (one unless given). */
export function summarise(
  histories: Iterable<PurchaseHistory>,
  counts?: { readonly [index: number]: number },
): PurchaseSummary {
  const xs = distinct();
  const txs = distinct();
  const ts = distinct();
  const at = new Map<string, number>();
  const weight: number[] = [];
  const [xAt, txAt, tAt]: [number[], number[], number[]] = [[], [], []];
  let members = 0;
  let repeaters = 0;
  let index = 0;
  for (const { x, tx, t } of histories) {
    const n = counts?.[index] ?? 1;
    index++;
    members += n;
    if (x > 0) repeaters += n;
    const place = [xs.place(x), txs.place(x === 0 ? 0 : tx), ts.place(t)] as const;
    const key = place.join();
    const known = at.get(key);
    if (known === undefined) {
      at.set(key, weight.length);
      weight.push(n);
      xAt.push(place[0]);
      txAt.push(place[1]);
      tAt.push(place[2]);
    } else weight[known] = (weight[known] as number) + n;
  }
  const values = xs.values();
  return {
    members,
    repeaters,
    groups: weight.length,
    weight: Float64Array.from(weight),
    x: Float64Array.from(xAt, (i) => values[i] as number),
    xs: values,
    xAt: Uint32Array.from(xAt),
    txs: txs.values(),
    txAt: Uint32Array.from(txAt),
    ts: ts.values(),
    tAt: Uint32Array.from(tAt),
  };
}

function distinct(): { place(value: number): number; values(): Float64Array } {
  const at = new Map<number, number>();
  return {
    place(value) {
      const known = at.get(value);
      if (known !== undefined) return known;
      at.set(value, at.size);
      return at.size - 1;
    },
    values: () => Float64Array.from(at.keys()),
  };
}

/** Repeat buyers' mean spend: how many repeat purchases, and their mean amount in major units of one currency. */
export interface SpendHistory {
  readonly x: number;
  readonly z: number;
}

/** Spend histories side by side; only x ≥ 1 and z > 0 carry anything. */
export interface SpendSummary {
  readonly members: number;
  readonly x: Float64Array;
  readonly z: Float64Array;
  readonly logZ: Float64Array;
  readonly xs: Float64Array;
  readonly xAt: Uint32Array;
}

export function summariseSpend(histories: Iterable<SpendHistory>): SpendSummary {
  const xs = distinct();
  const [x, z, xAt]: [number[], number[], number[]] = [[], [], []];
  for (const h of histories) {
    if (!(h.x >= 1 && h.z > 0)) continue;
    x.push(h.x);
    z.push(h.z);
    xAt.push(xs.place(h.x));
  }
  return {
    members: x.length,
    x: Float64Array.from(x),
    z: Float64Array.from(z),
    logZ: Float64Array.from(z, Math.log),
    xs: xs.values(),
    xAt: Uint32Array.from(xAt),
  };
}
