import { code, documentNumber, group, oneOf, sealed, shaped, time } from "./marks.ts";

/** Letters of a BCP 47 tag such as zh-Hant-TW; the underscore is how many clients write it. */
export const LOCALE_PATTERN = "^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,3}$";

const fields = {
  // who
  id: sealed("identity"),
  name: sealed("identity"),
  firstName: sealed("identity"),
  lastName: sealed("identity"),
  middleName: sealed("identity"),
  nickname: sealed("identity"),
  title: sealed("identity"),
  username: sealed("identity"),
  avatar: sealed("identity"),
  description: sealed("identity"),
  memberCard: sealed("identity"),
  nationalId: sealed("identity"),
  // how to reach them
  email: sealed("contact"),
  phone: sealed("contact"),
  address: sealed("contact"),
  street: sealed("contact"),
  website: sealed("contact"),
  // what they are like
  age: sealed("demographic"),
  birthday: sealed("demographic"),
  gender: sealed("demographic"),
  company: sealed("demographic"),
  occupation: sealed("demographic"),
  employees: sealed("demographic"),
  industry: sealed("demographic"),
  income: sealed("demographic"),
  maritalStatus: sealed("demographic"),
  nationality: sealed("demographic"),
  ageBand: shaped("demographic", "^([1-9]\\d?[-–][1-9]\\d?|[1-9]\\d?\\+|(<|under-)[1-9]\\d?)$"),
  // where
  city: sealed("location"),
  district: sealed("location"),
  postcode: sealed("location"),
  country: shaped("location", "^[A-Z]{2,3}$"),
  region: shaped("location", "^[A-Z]{2}-[A-Z0-9]{1,3}$"),
  timezone: sealed("location"),
  // elsewhere
  lineUserId: sealed("social"),
  wechatOpenid: sealed("social"),
  wechatUnionid: sealed("social"),
  weiboUid: sealed("social"),
  metaUserId: sealed("social"),
  // membership
  locale: shaped("preference", LOCALE_PATTERN),
  language: shaped("preference", LOCALE_PATTERN),
  joinedAt: time("transaction"),
  createdAt: time("transaction"),
  homeStore: code("transaction"),
  tier: oneOf("transaction", [
    "none",
    "basic",
    "member",
    "bronze",
    "silver",
    "gold",
    "platinum",
    "diamond",
    "vip",
    "Silver",
    "Gold",
    "Platinum",
    "VIP",
  ]),
  programId: documentNumber("transaction"),
};

/** The standard traits of a person, with their marks. A trait that is not here is sealed as `unclassified`. */
export const TRAITS = group("unclassified", fields);

/** Other spellings, folded: lower case without separators. Case and separators never matter. */
const ALIASES: Readonly<Record<string, readonly string[]>> = {
  name: ["fullname", "displayname"],
  firstName: ["givenname", "forename"],
  lastName: ["surname", "familyname"],
  avatar: ["avatarurl", "headimgurl", "picture"],
  nickname: ["screenname"],
  memberCard: ["membercard", "memberid", "memberno", "membernumber", "membercardno", "loyaltycard"],
  nationalId: ["idcard", "nationalidnumber", "ssn", "passport", "passportno"],
  email: ["mail", "emailaddress"],
  phone: ["mobile", "phonenumber", "mobilephone", "mobilenumber", "telephone", "tel", "cellphone"],
  website: ["homepage"],
  birthday: ["birthdate", "dateofbirth", "dob"],
  gender: ["sex"],
  occupation: ["job", "jobtitle", "profession"],
  ageBand: ["agegroup", "agerange"],
  city: ["town"],
  postcode: ["postalcode", "zip", "zipcode"],
  country: ["countrycode"],
  region: ["state", "province"],
  timezone: ["tz"],
  lineUserId: ["lineid"],
  wechatOpenid: ["openid"],
  wechatUnionid: ["unionid"],
  weiboUid: ["weiboid"],
  language: ["lang", "preferredlanguage"],
  joinedAt: ["joindate", "joined", "membersince", "registeredat", "registrationdate"],
  createdAt: ["created"],
  homeStore: ["homestoreid", "preferredstore"],
  tier: ["membertier", "loyaltytier"],
};

function fold(name: string): string {
  return name.toLowerCase().replace(/[\s_-]+/g, "");
}

const STANDARD: ReadonlyMap<string, string> = new Map([
  ...Object.keys(fields).map((name): [string, string] => [name, name]),
  ...Object.keys(fields).map((name): [string, string] => [fold(name), name]),
  ...Object.entries(ALIASES).flatMap(([name, others]) => others.map((o): [string, string] => [o, name])),
]);

/** The standard name of a trait ("first_name" → "firstName"); a name that is not registered stays as it is. */
export function standardTrait(name: string): string {
  return STANDARD.get(name) ?? (name.length > 64 ? name : (STANDARD.get(fold(name)) ?? name));
}
