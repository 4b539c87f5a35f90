import { useQuery } from "@tanstack/react-query";
import type { Static } from "typebox";
import type { CampaignDetailSchema } from "../../../../surveys/sending/answers.schema.ts";
import { get } from "../../api.ts";
import { KINDS } from "../../codes/kinds.ts";
import { ASK_WORDS } from "../../codes/reasons.ts";
import { STATES } from "../../codes/states.ts";
import { useCodes } from "../../codes/use-codes.ts";
import { useFormats, useWords } from "../../i18n.ts";
import { Loaded } from "../../parts/page.tsx";
import { ASKING } from "./words-asking.ts";

type Figures = Static<typeof CampaignDetailSchema>;

/** What became of a campaign so far: members by state and reason, messages by state. */
export function Became({ campaign }: { readonly campaign: { readonly id: string } }) {
  const asking = useWords(ASKING);
  const stateOf = useCodes(STATES);
  const kindOf = useCodes(KINDS);
  const askOf = useCodes(ASK_WORDS);
  const { number } = useFormats();
  const figures = useQuery({
    queryKey: ["campaign-figures", campaign.id],
    queryFn: () => get<Figures>(`/v1/survey-campaigns/${campaign.id}`),
    refetchInterval: 5_000,
  });
  return (
    <Loaded query={figures}>
      {({ members, messages }) => (
        <section aria-label={asking.becameOf}>
          {members.length === 0 && <p className="quiet">{asking.nothingYet}</p>}
          {members.map((m) => (
            <p key={`${m.state} ${m.reason}`}>
              {number(m.n)} {stateOf(m.state)}
              {m.reason !== null && ` – ${askOf(m.reason)}`}
            </p>
          ))}
          {messages.map((m) => (
            <p key={`${m.kind} ${m.state}`} className="quiet">
              {number(m.n)} {kindOf(m.kind)}: {stateOf(m.state)}
            </p>
          ))}
        </section>
      )}
    </Loaded>
  );
}
