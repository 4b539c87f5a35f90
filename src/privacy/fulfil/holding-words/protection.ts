import type { Translations } from "./translations.ts";

/** How everything that is kept is protected, in the order of the record of processing. */
export const PROTECTION: Translations = {
  "Every personal field is sealed with AES-256-GCM under a key of its own person and data category.": [
    "每个个人信息字段均以 AES-256-GCM 加密，密钥按个人和信息类别各自独立。",
    "每個個人資料欄位均以 AES-256-GCM 加密，金鑰依個人與資料類別各自獨立。",
  ],
  "Keys are kept in a store of their own, wrapped by a root key that never lies beside the data.": [
    "密钥存放于独立的存储中，由根密钥加密包裹；根密钥从不与数据放在一处。",
    "金鑰存放於獨立的儲存區，由根金鑰加密包裹；根金鑰從不與資料放在一處。",
  ],
  "Look-ups use keyed hashes; logs, jobs and metrics hold ids and codes only.": [
    "查找使用带密钥的哈希值；日志、后台任务和指标仅含编号与代码。",
    "查找使用金鑰雜湊值；日誌、背景工作與指標僅含編號與代碼。",
  ],
  "Every read names a purpose, is decided against the ledger of consents and is written to an append-only log.":
    [
      "每次读取均须指明目的，依据同意账本作出决定，并写入只可追加的日志。",
      "每次讀取均須指明目的，依據同意帳本作成決定，並寫入僅可附加的日誌。",
    ],
  "An erasure destroys the person's keys, so that copies in backups become unreadable.": [
    "删除时销毁此人的密钥，使备份中的副本亦无法读取。",
    "刪除時銷毀當事人的金鑰，使備份中的副本亦無法讀取。",
  ],
};
