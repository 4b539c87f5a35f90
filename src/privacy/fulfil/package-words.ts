import type { Locale } from "../../../consent/index.ts";

/** What stands on the page inside a package and on the page from which it is fetched. */
export interface PackageWords {
  readonly title: string;
  readonly lead: string;
  readonly madeAt: string;
  readonly request: string;
  readonly contents: string;
  readonly filesTitle: string;
  readonly filesText: string;
  readonly more: string;
  readonly yes: string;
  readonly no: string;
  readonly fetchTitle: string;
  readonly fetchLead: string;
  readonly fetchOnce: string;
  readonly fetchButton: string;
  readonly fetchUntil: string;
  readonly fetchHow: string;
  readonly notReady: string;
  readonly ended: string;
}

export const PACKAGE_WORDS: Readonly<Record<Locale, PackageWords>> = {
  en: {
    title: "Your data",
    lead: "This is everything that we keep about you, where it came from, who was given it, and what you agreed to. Addresses and numbers of other people have been taken out.",
    madeAt: "Made",
    request: "Request",
    contents: "Contents",
    filesTitle: "The files beside this page",
    filesText:
      "data.json holds everything for programs, described by data.schema.json. The folder csv has one table for each section, dictionary.csv explains every column, and manifest.json lists all files with their SHA-256 hashes.",
    more: "{n} more rows are in the files.",
    yes: "yes",
    no: "no",
    fetchTitle: "Your data is ready",
    fetchLead: "The file is encrypted. You need the key or the passphrase that was agreed with you.",
    fetchOnce: "It can be downloaded once. Afterwards it is deleted here.",
    fetchButton: "Download",
    fetchUntil: "Available until {time}",
    fetchHow:
      "Open it with an OpenPGP program such as GnuPG or Kleopatra. Inside is a ZIP file; begin with index.html.",
    notReady: "The file is still being made. Come back in a few minutes.",
    ended: "This link has been used or has ended. Ask for a new one if you still need the file.",
  },
  "zh-CN": {
    title: "您的个人信息",
    lead: "这里是我们保存的与您有关的全部信息：来源、提供对象，以及您同意的内容。其他人的地址和号码已被隐去。",
    madeAt: "生成时间",
    request: "请求编号",
    contents: "目录",
    filesTitle: "随附文件",
    filesText:
      "data.json 供程序读取，结构见 data.schema.json。csv 文件夹中每个部分一张表，dictionary.csv 解释每一列，manifest.json 列出所有文件及其 SHA-256 值。",
    more: "其余 {n} 行见随附文件。",
    yes: "是",
    no: "否",
    fetchTitle: "您的数据已准备好",
    fetchLead: "文件已加密。您需要与您约定的密钥或密码短语。",
    fetchOnce: "只能下载一次，下载后此处即删除。",
    fetchButton: "下载",
    fetchUntil: "有效期至 {time}",
    fetchHow: "请用 GnuPG、Kleopatra 等 OpenPGP 程序打开。其中是一个 ZIP 文件，请先打开 index.html。",
    notReady: "文件仍在生成，请几分钟后再来。",
    ended: "此链接已使用或已失效。如仍需要，请申请新的链接。",
  },
  "zh-TW": {
    title: "您的個人資料",
    lead: "這裡是我們保存的與您有關的全部資料：來源、提供對象，以及您同意的內容。其他人的地址與號碼已遮蔽。",
    madeAt: "產生時間",
    request: "請求編號",
    contents: "目錄",
    filesTitle: "隨附檔案",
    filesText:
      "data.json 供程式讀取，結構見 data.schema.json。csv 資料夾中每個部分一張表，dictionary.csv 說明每一欄，manifest.json 列出所有檔案及其 SHA-256 值。",
    more: "其餘 {n} 列見隨附檔案。",
    yes: "是",
    no: "否",
    fetchTitle: "您的資料已備妥",
    fetchLead: "檔案已加密。您需要與您約定的金鑰或密碼短語。",
    fetchOnce: "只能下載一次，下載後此處即刪除。",
    fetchButton: "下載",
    fetchUntil: "有效期限至 {time}",
    fetchHow: "請用 GnuPG、Kleopatra 等 OpenPGP 程式開啟。其中是一個 ZIP 檔，請先開啟 index.html。",
    notReady: "檔案仍在產生，請幾分鐘後再來。",
    ended: "此連結已使用或已失效。如仍需要，請申請新的連結。",
  },
};
