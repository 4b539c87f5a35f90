import type { LocaleWording } from "./wording.ts";

export const ZH_CN: LocaleWording = {
  shared: {
    controller: "您的个人信息由{name}（地址：{address}）负责处理。",
    contact: "您可以发送邮件至 {email} 或致电 {phone} 与我们联系。",
    source: "信息来自您本人：您的会员资料、购买记录，以及您使用我们门店和网站的情况。",
    area: "信息的存储和使用地域：{area}。",
    rights:
      "您有权查阅、复制、更正、补充、删除您的个人信息，限制或拒绝我们处理，以及请求转移，均不收费。请访问 {rightsUrl} 或直接联系我们。",
    complaint: "如果您对我们的答复不满意，可以向{authority}投诉、举报，或依法提起诉讼。",
    minors: "如果您未达到法律规定可以自行同意的年龄，须由父母或其他监护人代为同意。",
  },
  officer: "个人信息保护负责人：{officer}。",
  noRecipients: "我们不会将这些信息提供给他人用于其自身目的。受我们委托的服务商可能按照我们的要求代为处理。",
  recipientsAre: "以下接收方会收到这些信息：{list}。受我们委托的服务商可能按照我们的要求代为处理。",
  retention: "在此用途对您终止之后，相关信息保存{months}。",
  asLongAsConsent: "您的同意有效期为{months}，期满后我们会重新征求您的意见。",
  months: (n) => (n % 12 === 0 ? `${n / 12} 年` : `${n} 个月`),
  listSeparator: "、",
  categoryNames: {
    identity: "姓名和会员号",
    contact: "联系方式",
    demographic: "生日等基本资料",
    location: "所在地区",
    online: "使用网站和应用的情况",
    transaction: "购买和退货记录",
    social: "已绑定的社交账号",
    survey: "问卷回答",
    preference: "偏好设置",
    derived: "由上述信息得出的评分",
    unclassified: "您提供的其他信息",
  },
  byPurpose: {
    service: {
      title: "会员服务",
      ask: "",
      sections: {
        purposes:
          "我们使用您的信息为您提供会员服务：识别您的身份，处理订单、退换货和会员权益，并答复您的咨询。",
        lawfulBasis: "这是订立和履行会员合同所必需的。",
        methods: "信息保存在会员系统中，由门店、网站和客服人员使用。",
        consequences: "如果您不提供，我们无法为您办理会员；您仍可作为普通顾客购物。",
      },
    },
    "legal-obligation": {
      title: "法律要求我们做的事",
      ask: "",
      sections: {
        purposes: "依照法律规定，我们须保存票据等记录；当您行使权利时，我们须使用您的信息作出答复。",
        lawfulBasis: "这是履行法定义务所必需的。",
        methods: "这些记录单独保存，仅用于履行上述义务。",
        consequences: "此类记录为法律所要求，双方均不能选择。",
      },
    },
    analytics: {
      title: "帮助我们了解门店和网站的使用情况",
      ask: "同意。你们可以统计和比较我的访问与购买情况，用于改进门店和网站。",
      sections: {
        purposes: "我们统计网站和门店的访问、购买和操作步骤，以了解哪些做得好、哪些需要改进。",
        lawfulBasis: "仅在您同意后进行；在美国加州，则在您拒绝之前进行。",
        methods: "由计算机汇总统计，不对任何个人作出评价。",
        withdrawal: "您可以随时在 {preferencesUrl} 关闭，与开启同样方便。撤回不影响此前处理的效力。",
        consequences: "如果您不同意，对您没有任何影响，服务照常。",
      },
    },
    marketing: {
      title: "资讯与优惠",
      ask: "同意。请通过我开启的渠道向我发送资讯和优惠。",
      sections: {
        purposes:
          "我们向您介绍商品、活动和优惠。电子邮件、短信、LINE、微信、微博、Facebook 和 Instagram、应用通知、邮寄和电话，每个渠道都由您单独决定。",
        lawfulBasis: "仅在您同意后进行；在美国加州，则在您拒绝之前进行。",
        methods: "只通过您选择的渠道发送，不使用其他渠道。",
        withdrawal: "每条消息都附有退订方式；您也可以在 {preferencesUrl} 一键关闭任一渠道。",
        objection: "从第一条消息起，您可以随时拒绝营销，无需理由，也不收取费用。",
        consequences: "如果您不同意，只是不再收到广告，会员资格和权益不受影响。",
      },
    },
    "survey-contact": {
      title: "邀请您评价",
      ask: "同意。你们可以偶尔询问我的满意程度。",
      sections: {
        purposes: "在您购物或到店之后，我们可能向您发送一份简短的问卷。",
        lawfulBasis: "在欧盟和英国，我们基于了解会员意见的正当利益；在中国大陆和台湾，仅在您同意后进行。",
        legitimateInterests: "我们希望尽早发现让顾客不满意的地方并加以改正。",
        methods: "根据您的购买时间，通过您提供的联系方式发送问卷，是否填写由您自愿决定。",
        withdrawal: "您可以随时在 {preferencesUrl} 或任一问卷中关闭。",
        objection: "您可以随时免费提出反对，此后我们不再询问。",
        consequences: "如果您不同意，我们不会询问您，其他一切不变。",
      },
    },
    profiling: {
      title: "忠诚度评估",
      ask: "同意。你们可以根据我的购买记录和问卷回答评估忠诚度。",
      sections: {
        purposes: "我们评估您的满意度和忠诚度，以便更好地为您服务。",
        lawfulBasis: "仅在您同意后进行；在美国加州，则在您拒绝之前进行。",
        methods: "由计算机按照公开的规则，对购买、到店和问卷回答进行加权计算。",
        automatedDecisions:
          "评分只影响我们向您提供哪些答谢和帮助，不会单独决定价格、合同或拒绝服务。您可以要求人工说明或复核。",
        withdrawal: "您可以随时在 {preferencesUrl} 关闭，届时您的评分将被删除。",
        consequences: "如果您不同意，我们不会为您评分；您已获得的积分和等级保留。",
      },
    },
    personalisation: {
      title: "个性化推荐",
      ask: "同意。请根据我购买和浏览过的商品为我挑选商品和内容。",
      sections: {
        purposes: "我们向您展示适合您的商品和内容。",
        lawfulBasis: "仅在您同意后进行；在美国加州，则在您拒绝之前进行。",
        methods: "由计算机将您购买和浏览过的商品与其他顾客的选择进行比较。",
        automatedDecisions: "只影响展示的内容和顺序，不影响价格。",
        withdrawal: "您可以随时在 {preferencesUrl} 关闭，与开启同样方便。",
        consequences: "如果您不同意，您看到的内容与其他人相同。",
      },
    },
    "partner-sharing": {
      title: "与合作伙伴共享",
      ask: "单独同意。你们可以将我的信息提供给此处列明的合作伙伴，由其用于自身的优惠活动。",
      sections: {
        purposes: "我们将您的信息提供给下列合作伙伴，由其用于自身的优惠和广告。",
        lawfulBasis: "仅在取得您的单独同意后进行；在美国加州，则在您拒绝之前进行。",
        methods: "通过安全连接提供给合作伙伴，此后由其自行负责。",
        saleOrShare:
          "在美国加州，这属于出售或共享个人信息。您可以随时拒绝；浏览器发出的全球隐私控制（GPC）信号即视为拒绝。",
        withdrawal: "您可以随时在 {preferencesUrl} 关闭。我们会通知合作伙伴，其必须停止使用。",
        consequences: "如果您不同意，合作伙伴不会收到任何信息，您的会员资格不变。",
      },
    },
  },
};
