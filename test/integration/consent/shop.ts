import type { TestServer } from "../../setup/server.ts";

/** An invented company, as an officer would state it. */
export const A_SHOP = {
  name: { en: "Lantern & Leaf", "zh-CN": "灯与叶", "zh-TW": "燈與葉" },
  address: { en: "1 Example Street, Taipei", "zh-CN": "台北市示例路 1 号", "zh-TW": "臺北市範例路 1 號" },
  country: "TW",
  email: "privacy@lantern.example",
  phone: "+886 2 5550 0100",
  dataProtectionOfficer: null,
  publicUrl: "https://choices.lantern.example",
  rightsUrl: "https://choices.lantern.example/rights",
  area: { en: "Taiwan", "zh-CN": "台湾", "zh-TW": "臺灣" },
  authority: {
    en: "the data protection authority",
    "zh-CN": "个人信息保护主管部门",
    "zh-TW": "個人資料保護主管機關",
  },
  storageCountries: ["TW"],
  processingCountries: ["TW"],
};

export async function openShop(server: TestServer): Promise<void> {
  const answer = await server.call("PUT", "/v1/controller", { body: A_SHOP });
  if (answer.status !== 200) throw new Error(`no company: ${JSON.stringify(answer.body)}`);
}

/** The path of a member's preference centre. */
export async function preferenceLink(
  server: TestServer,
  memberId: string,
  more: Record<string, unknown> = {},
): Promise<{ path: string; unsubscribe: { url: string } | null }> {
  const answer = await server.call<{ path: string; unsubscribe: { url: string } | null }>(
    "POST",
    `/v1/members/${memberId}/preference-link`,
    { body: more },
  );
  if (answer.status !== 201) throw new Error(`no link: ${JSON.stringify(answer.body)}`);
  return answer.body;
}
