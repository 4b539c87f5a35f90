import type { Spoken } from "../../src/i18n/index.ts";

/** What people talk about, as people read it. */
export const THEME_NAMES = {
  waiting: { en: "Waiting and queues", "zh-CN": "等候与排队", "zh-TW": "等候與排隊" },
  staff: { en: "Staff", "zh-CN": "店员与服务态度", "zh-TW": "店員與服務態度" },
  price: { en: "Price", "zh-CN": "价格", "zh-TW": "價格" },
  quality: { en: "Quality of products", "zh-CN": "商品质量", "zh-TW": "商品品質" },
  range: { en: "Range and stock", "zh-CN": "品种与库存", "zh-TW": "品項與庫存" },
  cleanliness: { en: "Cleanliness", "zh-CN": "卫生与清洁", "zh-TW": "衛生與清潔" },
  place: { en: "The place and how it feels", "zh-CN": "环境与氛围", "zh-TW": "環境與氛圍" },
  access: { en: "Getting there and parking", "zh-CN": "位置与停车", "zh-TW": "位置與停車" },
  checkout: { en: "Paying", "zh-CN": "结账与支付", "zh-TW": "結帳與付款" },
  delivery: { en: "Delivery", "zh-CN": "配送", "zh-TW": "配送" },
  returns: { en: "Returns and refunds", "zh-CN": "退换与退款", "zh-TW": "退換與退款" },
  app: { en: "App and website", "zh-CN": "应用与网站", "zh-TW": "App 與網站" },
  food: { en: "Food and taste", "zh-CN": "菜品与口味", "zh-TW": "餐點與口味" },
  programme: { en: "Membership and points", "zh-CN": "会员与积分", "zh-TW": "會員與點數" },
  information: { en: "Information and promises", "zh-CN": "信息与承诺", "zh-TW": "資訊與承諾" },
} as const satisfies Readonly<Record<string, Spoken>>;

export type ThemeId = keyof typeof THEME_NAMES;
