import FileProtectOutlined from "@ant-design/icons/es/icons/FileProtectOutlined";
import type { Page } from "../area.ts";

/** Data-subject requests: the list by deadline, and one from arrival to certificate. */
export const REQUEST_PAGES: readonly Page[] = [
  {
    path: "requests",
    roles: ["compliance", "auditor"],
    load: async () => ({ Page: (await import("./requests.tsx")).RequestsPage }),
    menu: {
      section: "work",
      order: 1,
      icon: <FileProtectOutlined />,
      label: { en: "Requests", "zh-CN": "权利请求", "zh-TW": "權利請求" },
    },
  },
  {
    path: "requests/:id",
    roles: ["compliance", "auditor"],
    load: async () => ({ Page: (await import("./request.tsx")).RequestPage }),
  },
];
