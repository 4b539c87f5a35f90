import type { LocaleText } from "../../consent/index.ts";
import { THEME_NAMES, type ThemeId } from "./names.ts";

export type Polarity = "negative" | "positive" | "neutral";

/** What people talk about, and the words by which it is known. Chinese phrases are simplified. */
export interface Theme {
  readonly id: ThemeId;
  readonly name: LocaleText;
  /** Phrases by what they say of the theme. English ones are matched by word, `*` ends a stem. */
  readonly negative: readonly string[];
  readonly positive: readonly string[];
  readonly neutral: readonly string[];
}

const words = (text: string): string[] => text.split("|").map((w) => w.trim());

/**
 * The lexicon: written for retail, restaurants, hotels and clubs. It is data: a change of it changes figures, so it has
 * a version, which stands beside every result.
 */
export const LEXICON_VERSION = 1;

export const THEMES: readonly Theme[] = [
  {
    id: "waiting",
    name: THEME_NAMES.waiting,
    negative: words(
      "long queue*|long line*|long wait*|waited too long|waited forever|waited ages|kept waiting|took too long|took forever|too slow|so slow|slow service|queue too long|排队太久|排队太长|排了很久|等太久|等了很久|等候时间长|等待时间太长|半天没人|太慢|很慢|速度慢",
    ),
    positive: words(
      "no queue*|no wait*|no waiting|quick service|served quickly|fast service|不用排队|不用等|很快就|速度快|上菜快|结账快",
    ),
    neutral: words("queue*|queuing|waiting|waited|wait time*|排队|等候|等待|等位"),
  },
  {
    id: "staff",
    name: THEME_NAMES.staff,
    negative: words(
      "rude*|unfriendly|unhelpful|impolite|ignored me|ignored us|nobody helped|no one helped|bad attitude|arrogant|bad service|poor service|terrible service|态度差|态度很差|态度不好|态度恶劣|服务差|服务很差|服务不好|不耐烦|没礼貌|爱理不理|没人理|冷漠|不专业",
    ),
    positive: words(
      "friendly|helpful|polite|kind staff|attentive|great service|good service|excellent service|professional|welcoming|态度好|态度很好|服务好|服务很好|热情|亲切|耐心|周到|有礼貌|专业|贴心",
    ),
    neutral: words(
      "staff|cashier*|waiter*|waitress*|assistant*|employee*|receptionist*|店员|服务员|员工|收银员|前台|客服|导购|服务态度|态度",
    ),
  },
  {
    id: "price",
    name: THEME_NAMES.price,
    negative: words(
      "expensive|overpriced|too dear|pricey|costs too much|not worth|rip off|rip-off|price went up|太贵|很贵|好贵|偏贵|价格高|不值|涨价|性价比低|性价比不高",
    ),
    positive: words(
      "cheap|affordable|good value|great value|value for money|reasonable price*|fair price*|good price*|便宜|实惠|划算|性价比高|价格合理|物超所值",
    ),
    neutral: words("price*|pricing|costs|价格|价钱|价位|性价比"),
  },
  {
    id: "quality",
    name: THEME_NAMES.quality,
    negative: words(
      "poor quality|bad quality|low quality|broke*|broken|faulty|defective|damaged|fell apart|cheaply made|stale|expired|rotten|质量差|质量很差|质量不好|品质差|坏了|破损|有瑕疵|过期|不新鲜|变质|掉色",
    ),
    positive: words(
      "good quality|great quality|high quality|excellent quality|well made|durable|fresh|质量好|质量很好|品质好|品质很好|新鲜|做工好|耐用",
    ),
    neutral: words("quality|质量|品质|做工"),
  },
  {
    id: "range",
    name: THEME_NAMES.range,
    negative: words(
      "out of stock|sold out|not in stock|empty shelves|little choice|limited choice|no choice|no sizes|缺货|没货|断货|卖完了|售罄|选择少|品种少|款式少|没有我的尺码|断码",
    ),
    positive: words(
      "wide range|good selection|great selection|lots of choice|well stocked|种类多|品种多|选择多|款式多|品种齐全|货品齐全",
    ),
    neutral: words("selection|stock|assortment|库存|品种|款式|尺码"),
  },
  {
    id: "cleanliness",
    name: THEME_NAMES.cleanliness,
    negative: words(
      "dirty|filthy|smelly|smelled bad|not clean|unclean|messy|hair in|cockroach*|不干净|很脏|太脏|脏乱|卫生差|卫生不好|有异味|有味道|蟑螂|头发",
    ),
    positive: words("clean|spotless|tidy|hygienic|干净|整洁|卫生好|一尘不染"),
    neutral: words("cleanliness|hygiene|toilet*|restroom*|卫生|清洁|洗手间|厕所"),
  },
  {
    id: "place",
    name: THEME_NAMES.place,
    negative: words(
      "noisy|too loud|crowded|cramped|too hot|too cold|too dark|uncomfortable|run down|outdated|太吵|很吵|拥挤|太挤|太热|太冷|环境差|环境不好|陈旧|空调不",
    ),
    positive: words(
      "nice atmosphere|great atmosphere|cosy|cozy|comfortable|beautiful|spacious|环境好|环境很好|氛围好|舒适|舒服|宽敞|漂亮",
    ),
    neutral: words("atmosphere|ambience|decor|music|环境|氛围|装修|音乐|空调"),
  },
  {
    id: "access",
    name: THEME_NAMES.access,
    negative: words(
      "no parking|hard to park|hard to find|too far|far away|inconvenient location|停车难|没地方停车|停车不方便|难找|太远|位置偏|不好找",
    ),
    positive: words(
      "easy to find|easy to park|plenty of parking|convenient location|close to home|停车方便|位置好|交通方便|离家近|好找",
    ),
    neutral: words("parking|location|car park|停车|停车场|位置|交通|地铁"),
  },
  {
    id: "checkout",
    name: THEME_NAMES.checkout,
    negative: words(
      "overcharged|charged twice|wrong price|wrong receipt|wrong change|payment failed|card declined|could not pay|double charged|多收|收错|价格不符|重复扣款|扣了两次|支付失败|付不了|算错|小票错",
    ),
    positive: words("easy to pay|easy checkout|smooth checkout|支付方便|付款方便|结账方便"),
    neutral: words("checkout|payment*|receipt*|till|self-checkout|结账|结帐|付款|支付|收银|小票|发票"),
  },
  {
    id: "delivery",
    name: THEME_NAMES.delivery,
    negative: words(
      "late delivery|delivered late|arrived late|never arrived|did not arrive|didn't arrive|lost parcel|wrong address|送货慢|物流慢|配送慢|送晚了|迟到|没收到|丢件|送错|包装破",
    ),
    positive: words(
      "fast delivery|quick delivery|delivered on time|arrived on time|arrived early|送货快|物流快|配送快|准时|包装好|包装很好",
    ),
    neutral: words("delivery|shipping|courier*|parcel*|package|packaging|送货|物流|配送|快递|包裹|外卖"),
  },
  {
    id: "returns",
    name: THEME_NAMES.returns,
    negative: words(
      "refused to refund|no refund|refund refused|would not refund|wouldn't refund|still no refund|could not return|hard to return|不给退|不让退|退不了|退款慢|没退款|拒绝退款|退货麻烦|退换麻烦",
    ),
    positive: words(
      "easy return*|easy to return|refunded quickly|quick refund|full refund|退货方便|退款快|退款很快|退换方便",
    ),
    neutral: words("refund*|return*|exchange*|退货|退款|换货|退换|售后"),
  },
  {
    id: "app",
    name: THEME_NAMES.app,
    negative: words(
      "app crash*|app does not work|app doesn't work|website down|site is slow|cannot log in|can't log in|could not log in|hard to use|confusing website|闪退|登录不了|登不上|打不开|卡顿|不好用|系统崩溃|验证码收不到",
    ),
    positive: words(
      "easy to use|user friendly|user-friendly|great app|good app|好用|很方便操作|操作简单|界面清晰",
    ),
    neutral: words("app|website|web site|online shop|mini program|应用|网站|小程序|公众号|网页"),
  },
  {
    id: "food",
    name: THEME_NAMES.food,
    negative: words(
      "tasteless|bland|too salty|too sweet|undercooked|overcooked|cold food|food was cold|bad food|food poisoning|难吃|不好吃|太咸|太甜|太油|没味道|没熟|菜凉了|凉了|份量少|分量少|拉肚子",
    ),
    positive: words(
      "delicious|tasty|great food|good food|yummy|好吃|美味|可口|味道好|味道很好|分量足|份量足",
    ),
    neutral: words("food|dish*|menu|taste|meal*|coffee|breakfast|味道|口味|菜品|菜单|餐点|早餐|咖啡"),
  },
  {
    id: "programme",
    name: THEME_NAMES.programme,
    negative: words(
      "points expired|lost points|lost my points|points missing|points not credited|cannot use points|can't use points|coupon did not work|coupon expired|积分过期|积分没到|积分少了|没有积分|积分用不了|优惠券用不了|优惠券过期|套路",
    ),
    positive: words("love the points|great rewards|good rewards|generous|积分多|优惠多|会员福利好|福利好"),
    neutral: words(
      "points|membership|member card|reward*|coupon*|voucher*|discount*|积分|会员|会员卡|优惠券|折扣|优惠|点数",
    ),
  },
  {
    id: "information",
    name: THEME_NAMES.information,
    negative: words(
      "misleading|not as described|false advertising|no information|not informed|nobody told|no one told|no reply|never replied|did not reply|didn't reply|wrong information|虚假宣传|与描述不符|描述不符|没说清楚|说法不一|没有通知|没人告诉|不回复|没回复|联系不上|电话打不通|骗",
    ),
    positive: words(
      "well informed|clear information|kept me informed|replied quickly|quick reply|解释清楚|说明清楚|回复快|回复很快|及时通知",
    ),
    neutral: words("information|advice|announcement*|说明|通知|宣传|介绍"),
  },
];

/** Words that turn a phrase round when they stand right before it. */
export const NEGATORS: Readonly<Record<"en" | "zh", readonly string[]>> = {
  en: ["not", "never", "no", "isn't", "wasn't", "aren't", "weren't", "hardly", "without", "don't", "didn't"],
  zh: ["不", "没", "没有", "不太", "不够", "不是", "并不", "毫不", "不算", "不怎么"],
};
