import Skeleton from "antd/es/skeleton";
import Tabs from "antd/es/tabs";
import { lazy, Suspense } from "react";
import { useParams } from "react-router";
import { useWords } from "../../i18n.ts";
import { useView } from "../../parts/list.tsx";
import { PageBody } from "../../parts/page.tsx";
import { lastPurpose, PurposeSelect } from "../../parts/purpose.tsx";
import { useSession } from "../../session.ts";
import { LOYALTY } from "../loyalty/words.ts";
import { ConsentTab } from "./consent-tab.tsx";
import { EventsTab } from "./events-tab.tsx";
import { IdentityTab } from "./identity-tab.tsx";
import { ProfileTab } from "./profile-tab.tsx";
import { ReadsTab } from "./reads-tab.tsx";
import { RequestsTab } from "./requests-tab.tsx";
import { MEMBERS } from "./words.ts";

/** Loaded when somebody looks at it. */
const MemberLevel = lazy(async () => ({
  default: (await import("../loyalty/member-level.tsx")).MemberLevel,
}));

/** One member: what is known and who said it, why it is one person, what they agreed to, and who has read it. */
export function MemberPage() {
  const t = useWords(MEMBERS);
  const loyalty = useWords(LOYALTY);
  const { account } = useSession();
  const { id = "" } = useParams();
  const [read, write] = useView();
  const purpose = read("purpose") ?? lastPurpose();
  const officer = account.role === "admin" || account.role === "compliance";
  const needPurpose = <p className="quiet">{t.choosePurpose}</p>;
  return (
    <PageBody
      title={t.member}
      lead={<span className="mono">{id}</span>}
      actions={<PurposeSelect value={purpose} onChange={(value) => write("purpose", value)} />}
    >
      <Tabs
        activeKey={read("tab") ?? "profile"}
        onChange={(tab) => write("tab", tab)}
        destroyOnHidden
        items={[
          {
            key: "profile",
            label: t.profile,
            children:
              purpose === undefined ? needPurpose : <ProfileTab key={purpose} id={id} purpose={purpose} />,
          },
          {
            key: "events",
            label: t.events,
            children:
              purpose === undefined ? needPurpose : <EventsTab key={purpose} id={id} purpose={purpose} />,
          },
          {
            key: "identity",
            label: t.identity,
            children: <IdentityTab purpose={purpose} id={id} mayDecide={officer} />,
          },
          { key: "consents", label: t.consents, children: <ConsentTab id={id} /> },
          {
            key: "loyalty",
            label: loyalty.title,
            children: (
              <Suspense fallback={<Skeleton active />}>
                <MemberLevel id={id} mayDecide={officer} />
              </Suspense>
            ),
          },
          ...(officer
            ? [
                { key: "requests", label: t.requests, children: <RequestsTab id={id} /> },
                { key: "reads", label: t.reads, children: <ReadsTab id={id} /> },
              ]
            : []),
        ]}
      />
    </PageBody>
  );
}
