import { type Route, route } from "../kernel/route.ts";
import {
  Account,
  AccountChange,
  Accounts,
  IdParams,
  InvitedAccount,
  InviteLink,
  NewAccount,
} from "./staff.schema.ts";
import type { Staff } from "./staff.ts";

/** Where a person chooses a password. The token stands behind `#`: browsers never send that part to a server. */
export function setUpPath(token: string): string {
  return `/set-up#${token}`;
}

/** The doors by which administrators keep the accounts of people. */
export function accountRoutes(deps: { readonly staff: Staff }): Route[] {
  const { staff } = deps;
  const about = { tag: "staff", auth: { kind: "api-key", roles: ["admin"] } } as const;
  return [
    route({
      ...about,
      method: "GET",
      path: "/v1/staff",
      operationId: "listStaff",
      summary: "All accounts of people, ended ones too",
      responses: { 200: { describe: "The accounts.", schema: Accounts } },
      handle: async () => ({ status: 200, body: { items: await staff.list() } }),
    }),
    route({
      ...about,
      method: "POST",
      path: "/v1/staff",
      operationId: "createStaff",
      summary: "Add an account. The link for choosing a password is shown this once.",
      body: { kind: "json", schema: NewAccount },
      responses: { 201: { describe: "The account and its link.", schema: InvitedAccount } },
      handle: async ({ principal, requestId, body }) => {
        const { account, token } = await staff.create({ principal, requestId }, body);
        return { status: 201, body: { account, link: setUpPath(token) } };
      },
    }),
    route({
      ...about,
      method: "PATCH",
      path: "/v1/staff/:id",
      operationId: "changeStaff",
      summary: "Change an account, or end it; both end its sessions where rights are lost",
      params: IdParams,
      body: { kind: "json", schema: AccountChange },
      responses: { 200: { describe: "The account.", schema: Account } },
      handle: async ({ principal, requestId, params, body }) => ({
        status: 200,
        body: await staff.change({ principal, requestId }, params.id, body),
      }),
    }),
    route({
      ...about,
      method: "POST",
      path: "/v1/staff/:id/invitation",
      operationId: "inviteStaff",
      summary: "A fresh link for choosing a password; earlier ones stop",
      params: IdParams,
      responses: { 201: { describe: "The link, shown this once.", schema: InviteLink } },
      handle: async ({ principal, requestId, params }) => ({
        status: 201,
        body: { link: setUpPath(await staff.invite({ principal, requestId }, params.id)) },
      }),
    }),
  ];
}
