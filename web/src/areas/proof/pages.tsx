import LockOutlined from "@ant-design/icons/es/icons/LockOutlined";
import SafetyCertificateOutlined from "@ant-design/icons/es/icons/SafetyCertificateOutlined";
import type { Page } from "../area.ts";

/** What can be proven: the log and its proofs, and the keys that encrypt. */
export const PROOF_PAGES: readonly Page[] = [
  {
    path: "audit",
    roles: ["compliance", "auditor"],
    load: async () => ({ Page: (await import("./audit.tsx")).AuditPage }),
    menu: {
      section: "proof",
      order: 0,
      icon: <SafetyCertificateOutlined />,
      label: { en: "Audit log", "zh-CN": "审计日志", "zh-TW": "稽核紀錄" },
    },
  },
  {
    path: "encryption",
    roles: [],
    load: async () => ({ Page: (await import("./encryption.tsx")).EncryptionPage }),
    menu: {
      section: "proof",
      order: 9,
      icon: <LockOutlined />,
      label: { en: "Encryption keys", "zh-CN": "加密密钥", "zh-TW": "加密金鑰" },
    },
  },
];
