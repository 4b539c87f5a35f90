import type { Fulfilment } from "../../../src/privacy/index.ts";
import type { TestServer } from "../../setup/server.ts";

/** What the company says of itself, so that pages and messages can name it. */
export const CONTROLLER = {
  name: { en: "Harbour Foods", "zh-CN": "海港食品", "zh-TW": "海港食品" },
  address: { en: "1 Quay, Dublin", "zh-CN": "都柏林码头1号", "zh-TW": "都柏林碼頭 1 號" },
  country: "IE",
  email: "privacy@harbour.example",
  phone: "+35315550100",
  publicUrl: "https://candor.harbour.example",
  rightsUrl: "https://candor.harbour.example/privacy",
  area: { en: "Ireland", "zh-CN": "爱尔兰", "zh-TW": "愛爾蘭" },
  authority: {
    en: "Data Protection Commission",
    "zh-CN": "数据保护委员会",
    "zh-TW": "資料保護委員會",
  },
  storageCountries: ["IE"],
  processingCountries: ["IE"],
};

/** Makes a member with a verified e-mail address and answers its id. */
export async function joinMember(
  server: TestServer,
  person: { readonly number: string; readonly email: string; readonly country?: string },
): Promise<string> {
  const list = await server.source({
    name: `List ${person.number}`,
    kind: "members",
    region: "IE",
    identifiers: { email: { verified: true } },
  });
  const sent = await server.call<{ results: { status: string }[] }>("POST", "/v1/batch", {
    key: list.writeKey,
    body: {
      batch: [
        {
          memberId: person.number,
          email: person.email,
          ...(person.country === undefined ? {} : { country: person.country }),
          updatedAt: "2026-10-01T00:00:00Z",
        },
      ],
    },
  });
  if (sent.body.results?.[0]?.status !== "accepted") throw new Error(JSON.stringify(sent.body));
  const found = await server.call<{ memberId: string }>("POST", "/v1/profiles/lookup?purpose=service", {
    body: { kind: "member_id", value: person.number },
  });
  if (found.status !== 200) throw new Error(JSON.stringify(found.body));
  return found.body.memberId;
}

/** A fulfilment that remembers what it was asked to do: what C promises D, without D's work. */
export function recordingFulfilment(): Fulfilment & { readonly calls: string[] } {
  const calls: string[] = [];
  const done = { subjects: [], counts: {}, news: null };
  return {
    calls,
    async previewErasure(scope) {
      return {
        memberId: scope.memberId,
        subjectIds: scope.subjectIds,
        computedAt: "2026-11-21T00:00:00.000Z",
        fingerprint: `print-${scope.memberId}`,
        holders: [],
        holds: [],
        recipients: [],
        keys: 1,
      };
    },
    movedSince: async () => null,
    async startErasure(_tx, scope) {
      calls.push(`erase ${scope.memberId}`);
      return scope.requestId;
    },
    async startPackage(_tx, scope, kind, delivery) {
      calls.push(`${kind} ${delivery.kind}`);
      return {
        runId: scope.requestId,
        packageId: scope.requestId,
        token: "package-token",
        expiresAt: "2026-12-31T00:00:00.000Z",
      };
    },
    async rectify(_tx, _scope, corrections) {
      calls.push(`rectify ${corrections.map((c) => c.field).join(",")}`);
      return done;
    },
    async restrict(_tx, _scope, on) {
      calls.push(`restrict ${on}`);
      return done;
    },
    async objectOrOptOut(_tx, scope, purposes) {
      calls.push(`${scope.kind} ${purposes.join(",")}`);
      return done;
    },
    certifyEnd: async () => "01900000-0000-7000-8000-00000000c0de",
    readCertificate: async () => null,
    retry: async () => false,
    progress: async () => null,
    progressOfRequest: async () => null,
  };
}

interface Outbox {
  readonly items: readonly { readonly id: string; readonly template: string }[];
}
export interface Letter {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** Every message of a template that lies in the outbox, newest first. */
export async function letters(server: TestServer, template: string): Promise<Letter[]> {
  const { body } = await server.call<Outbox>("GET", "/v1/outbox?limit=500");
  const found: Letter[] = [];
  for (const { id, template: name } of body.items)
    if (name === template) found.push((await server.call<Letter>("GET", `/v1/outbox/${id}`)).body as never);
  return found;
}

/** The newest code that was sent to an address. */
export async function codeTo(server: TestServer, address: string): Promise<string> {
  const letter = (await letters(server, "request-code")).find((l) => l.to === address);
  const code = /^\d{6}$/m.exec(letter?.text ?? "")?.[0];
  if (code === undefined) throw new Error("no code was sent there");
  return code;
}
