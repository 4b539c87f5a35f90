/**
 * Words that push an answer in one direction, by language. A list can only hint: the finding is a warning and names the
 * question, and whoever writes the survey decides.
 */
export const LEADING: readonly RegExp[] = [
  /\bhow (?:great|amazing|wonderful|excellent|fantastic|delighted|much (?:did|do) you (?:love|enjoy|like))\b/i,
  /\b(?:don't you (?:agree|think)|wouldn't you (?:agree|say)|you (?:must|surely) (?:agree|have))\b/i,
  /\b(?:our (?:award-winning|world-class|friendly|excellent|amazing|great))\b/i,
  /\b(?:obviously|of course|as everybody knows|most (?:people|customers) (?:agree|say|love))\b/i,
  /(?:您|你)(?:是不是|难道不|難道不)(?:也)?(?:觉得|覺得|认为|認為|同意)/u,
  /(?:有多(?:么|麼)?(?:喜欢|喜歡|满意|滿意|开心|開心|轻松|輕鬆))/u,
  /(?:我们|我們)(?:优质|優質|一流|贴心|貼心|顶级|頂級|获奖|獲獎|卓越)/u,
  /(?:众所周知|眾所周知|大家都(?:说|說|认为|認為|喜欢|喜歡))/u,
];

/** Asking for praise: the answer is wanted before it is given. */
export const BEGGING: readonly RegExp[] = [
  /\b(?:give|rate|leave) us (?:a |an )?(?:10|ten|5|five)\b|\b(?:five|5)[- ]stars?\b/i,
  /(?:给|給)(?:我们|我們)?(?:打)?(?:个|個)?(?:满分|滿分|五星|好评|好評|10\s*分)/u,
];

/** Selling inside research (ICO: a survey that promotes is marketing). */
export const PROMOTION: readonly RegExp[] = [
  /\b(?:discount|coupon|voucher|promo(?:tion)? code|special offer|sale ends|buy now|shop now|% off|limited time|free gift|upgrade now)\b/i,
  /(?:优惠券|優惠券|折扣|促销|促銷|特价|特價|立即购买|立即購買|限时|限時|满减|滿減|赠品|贈品|现在购买|現在購買|抢购|搶購)/u,
];

/** Two questions in one, which nobody can answer with one number. */
export const DOUBLE: readonly RegExp[] = [
  /\b(?:satisfied|rate|easy|happy|likely)\b[^?.]*\b\w+(?:ed|ty|ss|ce|ng|fs?) and (?:the |our )?\w+/i,
  /(?:满意|滿意|评价|評價)[^？。]*(?:以及|和|与|與|及)[^？。]*(?:吗|嗎|如何|程度|？)/u,
  /(?:和|与|與|以及|及)[^？。，]{1,8}(?:满意|滿意)/u,
];

/** Questions about the person, not the visit. */
export const PERSONAL: readonly RegExp[] = [
  /\b(?:your (?:full |first |last )?name|e-?mail(?: address)?|phone(?: number)?|mobile number|home address|postcode|zip code|date of birth|birthday|how old are you|your age|income|salary|religion|ethnic|political|health|pregnan|marital|married|children do you have|gender|identity number|passport)\b/i,
  /(?:姓名|邮箱|郵箱|电子邮件|電子郵件|电邮|電郵|手机号|手機號|手机号码|手機號碼|电话|電話|住址|地址|邮编|郵遞區號|生日|出生日期|年龄|年齡|收入|薪|宗教|民族|种族|種族|政治|健康|怀孕|懷孕|婚姻|性别|性別|身份证|身分證|护照|護照)/u,
];

export function matchesAny(text: string, patterns: readonly RegExp[]): boolean {
  return patterns.some((p) => p.test(text));
}
