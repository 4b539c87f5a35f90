import ApiOutlined from "@ant-design/icons/es/icons/ApiOutlined";
import DashboardOutlined from "@ant-design/icons/es/icons/DashboardOutlined";
import InboxOutlined from "@ant-design/icons/es/icons/InboxOutlined";
import MailOutlined from "@ant-design/icons/es/icons/MailOutlined";
import ScheduleOutlined from "@ant-design/icons/es/icons/ScheduleOutlined";
import type { Page } from "../area.ts";

/** For operators: where data comes from, what did not get in, and what goes out by mail. */
export const OPERATE_PAGES: readonly Page[] = [
  {
    path: "sources",
    roles: ["compliance", "cx", "analyst", "auditor"],
    load: async () => ({ Page: (await import("./sources.tsx")).SourcesPage }),
    menu: {
      section: "data",
      order: 0,
      icon: <ApiOutlined />,
      label: { en: "Sources", "zh-CN": "数据来源", "zh-TW": "資料來源" },
    },
  },
  {
    path: "sources/:id",
    roles: ["compliance", "cx", "analyst", "auditor"],
    load: async () => ({ Page: (await import("./source.tsx")).SourcePage }),
  },
  {
    path: "quarantine",
    roles: ["compliance", "cx", "analyst", "auditor"],
    load: async () => ({ Page: (await import("./quarantine.tsx")).QuarantinePage }),
    menu: {
      section: "data",
      order: 1,
      icon: <InboxOutlined />,
      label: { en: "Quarantine", "zh-CN": "隔离区", "zh-TW": "隔離區" },
    },
  },
  {
    path: "jobs",
    roles: ["compliance"],
    load: async () => ({ Page: (await import("./jobs.tsx")).JobsPage }),
    menu: {
      section: "system",
      order: 4,
      icon: <ScheduleOutlined />,
      label: { en: "Background work", "zh-CN": "后台任务", "zh-TW": "背景工作" },
    },
  },
  {
    path: "system",
    roles: [],
    load: async () => ({ Page: (await import("./system.tsx")).SystemPage }),
    menu: {
      section: "system",
      order: 6,
      icon: <DashboardOutlined />,
      label: { en: "State", "zh-CN": "运行状态", "zh-TW": "運作狀態" },
    },
  },
  {
    path: "outbox",
    roles: [],
    load: async () => ({ Page: (await import("./outbox.tsx")).OutboxPage }),
    menu: {
      section: "system",
      order: 5,
      icon: <MailOutlined />,
      label: { en: "Mail", "zh-CN": "邮件", "zh-TW": "郵件" },
    },
  },
];
