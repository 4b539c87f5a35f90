import AlertOutlined from "@ant-design/icons/es/icons/AlertOutlined";
import ClusterOutlined from "@ant-design/icons/es/icons/ClusterOutlined";
import FileDoneOutlined from "@ant-design/icons/es/icons/FileDoneOutlined";
import HourglassOutlined from "@ant-design/icons/es/icons/HourglassOutlined";
import StopOutlined from "@ant-design/icons/es/icons/StopOutlined";
import type { Page } from "../area.ts";

/** What is kept, for how long, and what must not be deleted. */
export const PRIVACY_PAGES: readonly Page[] = [
  {
    path: "certificates",
    roles: ["compliance", "auditor"],
    load: async () => ({ Page: (await import("./certificates.tsx")).CertificatesPage }),
    menu: {
      section: "proof",
      order: 0.5,
      icon: <FileDoneOutlined />,
      label: { en: "Certificates", "zh-CN": "证明", "zh-TW": "證明" },
    },
  },
  {
    path: "breaches",
    roles: ["compliance", "auditor"],
    load: async () => ({ Page: (await import("./breaches.tsx")).BreachesPage }),
    menu: {
      section: "proof",
      order: 4,
      icon: <AlertOutlined />,
      label: { en: "Breaches", "zh-CN": "安全事件", "zh-TW": "安全事件" },
    },
  },
  {
    path: "breaches/:id",
    roles: ["compliance", "auditor"],
    load: async () => ({ Page: (await import("./breach.tsx")).BreachPage }),
  },
  {
    path: "data-map",
    roles: ["compliance", "auditor"],
    load: async () => ({ Page: (await import("./data-map.tsx")).DataMapPage }),
    menu: {
      section: "proof",
      order: 1,
      icon: <ClusterOutlined />,
      label: { en: "Data map", "zh-CN": "数据地图", "zh-TW": "資料地圖" },
    },
  },
  {
    path: "retention",
    roles: ["compliance", "auditor"],
    load: async () => ({ Page: (await import("./retention.tsx")).RetentionPage }),
    menu: {
      section: "proof",
      order: 2,
      icon: <HourglassOutlined />,
      label: { en: "Retention", "zh-CN": "保留期限", "zh-TW": "保留期限" },
    },
  },
  {
    path: "holds",
    roles: ["compliance", "auditor"],
    load: async () => ({ Page: (await import("./holds.tsx")).HoldsPage }),
    menu: {
      section: "proof",
      order: 3,
      icon: <StopOutlined />,
      label: { en: "Legal holds", "zh-CN": "法律保留", "zh-TW": "法律保留" },
    },
  },
];
