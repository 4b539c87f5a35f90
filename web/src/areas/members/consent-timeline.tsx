import Card from "antd/es/card";
import { CHANNELS } from "../../codes/kinds.ts";
import { STATES } from "../../codes/states.ts";
import { useCodes } from "../../codes/use-codes.ts";
import { say, useFormats, useWords } from "../../i18n.ts";
import { usePurposeName } from "../../parts/purpose.tsx";
import { type Entry, stripsOf } from "./consent-spans.ts";
import { MEMBERS } from "./words.ts";

/** Colours of what was said, as antd's tags have them. */
export const STATE_TAGS: Readonly<Record<string, string>> = {
  given: "green",
  renewed: "green",
  requested: "blue",
  refused: "orange",
  withdrawn: "red",
  objected: "red",
  restricted: "orange",
};

const FILLS: Readonly<Record<string, string>> = {
  green: "#2f8f5b",
  blue: "#3b76c4",
  orange: "#c98a1b",
  red: "#c0453a",
};
const PALE = "rgba(128, 128, 128, 0.35)";

const fillOf = (state: string) => FILLS[STATE_TAGS[state] ?? ""] ?? PALE;

/** Consents by purpose and channel over time: what stood when, a strip each, as far back as was read. */
export function ConsentTimeline(props: { readonly history: readonly Entry[]; readonly isWhole: boolean }) {
  const t = useWords(MEMBERS);
  const stateOf = useCodes(STATES);
  const channelOf = useCodes(CHANNELS);
  const purposeOf = usePurposeName();
  const { date } = useFormats();
  const now = Date.now();
  const strips = stripsOf(props.history, now);
  const first = Math.min(...strips.flatMap((strip) => strip.spans.map((span) => span.from)));
  if (!Number.isFinite(first)) return null;
  const share = (ms: number) => `${(100 * ms) / (now - first)}%`;
  const states = [...new Set(strips.flatMap((strip) => strip.spans.map((span) => stateOf(span.state))))];
  const fills = new Map(
    strips.flatMap((strip) => strip.spans.map((span) => [stateOf(span.state), fillOf(span.state)] as const)),
  );
  const told = (state: string, from: number, to: number) =>
    say(t.stood, { state: stateOf(state), from: date(new Date(from)), to: date(new Date(to)) });
  return (
    <Card title={t.overTime} styles={{ body: { padding: 16 } }}>
      <div className="strips">
        {strips.map(({ purpose, channel, spans }) => (
          <div key={`${purpose} ${channel}`} className="strip">
            <span>
              {purposeOf(purpose)}
              <span className="quiet"> · {channel === null ? t.everyChannel : channelOf(channel)}</span>
            </span>
            <span
              className="strip-line"
              role="img"
              aria-label={spans.map((span) => told(span.state, span.from, span.to)).join("; ")}
            >
              {spans.map((span) => (
                <span
                  key={span.from}
                  title={told(span.state, span.from, span.to)}
                  style={{
                    left: share(span.from - first),
                    width: share(span.to - span.from),
                    background: fillOf(span.state),
                  }}
                />
              ))}
            </span>
          </div>
        ))}
        <div className="strip quiet" aria-hidden="true">
          <span />
          <span className="row" style={{ justifyContent: "space-between" }}>
            <span>{date(new Date(first))}</span>
            <span>{t.today}</span>
          </span>
        </div>
        <div className="row">
          {states.map((state) => (
            <span key={state} className="row" style={{ gap: 6 }}>
              <span className="strip-key" style={{ background: fills.get(state) }} />
              {state}
            </span>
          ))}
          {!props.isWhole && <span className="quiet">{t.asFarAsRead}</span>}
        </div>
      </div>
    </Card>
  );
}
