import Skeleton from "antd/es/skeleton";
import Tabs from "antd/es/tabs";
import { lazy, type ReactNode, Suspense } from "react";
import { useParams } from "react-router";
import { useWords } from "../../i18n.ts";
import { useView } from "../../parts/list.tsx";
import { PageBody } from "../../parts/page.tsx";
import { lastPurpose, PurposeSelect } from "../../parts/purpose.tsx";
import { useSession } from "../../session.ts";
import { LOYALTY } from "../loyalty/words.ts";
import { EventsTab } from "./events-tab.tsx";
import { ProfileTab } from "./profile-tab.tsx";
import { MEMBERS } from "./words.ts";

/** Each is loaded when somebody looks at it. */
const IdentityTab = lazy(async () => ({ default: (await import("./identity-tab.tsx")).IdentityTab }));
const ConsentTab = lazy(async () => ({ default: (await import("./consent-tab.tsx")).ConsentTab }));
const RequestsTab = lazy(async () => ({ default: (await import("./requests-tab.tsx")).RequestsTab }));
const ReadsTab = lazy(async () => ({ default: (await import("./reads-tab.tsx")).ReadsTab }));
const MemberLevel = lazy(async () => ({
  default: (await import("../loyalty/member-level.tsx")).MemberLevel,
}));

const loading = (tab: ReactNode) => <Suspense fallback={<Skeleton active />}>{tab}</Suspense>;

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
            children: loading(<IdentityTab purpose={purpose} id={id} mayDecide={officer} />),
          },
          { key: "consents", label: t.consents, children: loading(<ConsentTab id={id} />) },
          {
            key: "loyalty",
            label: loyalty.title,
            children: loading(<MemberLevel id={id} mayDecide={officer} />),
          },
          ...(officer
            ? [
                { key: "requests", label: t.requests, children: loading(<RequestsTab id={id} />) },
                { key: "reads", label: t.reads, children: loading(<ReadsTab id={id} />) },
              ]
            : []),
        ]}
      />
    </PageBody>
  );
}
