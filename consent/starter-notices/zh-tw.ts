import type { LocaleWording } from "./wording.ts";

export const ZH_TW: LocaleWording = {
  shared: {
    controller: "您的個人資料由{name}（地址：{address}）負責蒐集、處理及利用。",
    contact: "您可以寄信至 {email} 或來電 {phone} 與我們聯絡。",
    source: "資料來自您本人：您的會員資料、購買紀錄，以及您使用我們門市與網站的情形。",
    area: "資料的儲存與利用地區：{area}。",
    rights:
      "您可以查詢或閱覽您的個人資料，請求製給複製本、補充或更正、停止蒐集、處理或利用、刪除，或將資料移轉他處，不另收費。請至 {rightsUrl} 或直接與我們聯絡。",
    complaint: "若您對我們的答覆不滿意，可以向{authority}申訴。",
    minors: "若您未達法律規定可自行同意的年齡，須由法定代理人同意。",
  },
  officer: "個人資料保護長：{officer}。",
  noRecipients: "我們不會將這些資料提供給他人作其自身用途。受我們委託的服務廠商可能依我們的指示代為處理。",
  recipientsAre: "以下對象會收到這些資料：{list}。受我們委託的服務廠商可能依我們的指示代為處理。",
  retention: "在此目的對您終止之後，相關資料保存{months}。",
  asLongAsConsent: "您的同意有效期間為{months}，期滿後我們會再次徵詢您的意見。",
  months: (n) => (n % 12 === 0 ? `${n / 12} 年` : `${n} 個月`),
  listSeparator: "、",
  categoryNames: {
    identity: "姓名與會員編號",
    contact: "聯絡方式",
    demographic: "生日等基本資料",
    location: "所在地區",
    online: "使用網站與 App 的情形",
    transaction: "購買與退貨紀錄",
    social: "已綁定的社群帳號",
    survey: "問卷回覆",
    preference: "偏好設定",
    derived: "由上述資料得出的評分",
    unclassified: "您提供的其他資料",
  },
  byPurpose: {
    service: {
      title: "會員服務",
      ask: "",
      sections: {
        purposes: "我們利用您的資料提供會員服務：辨識您的身分，處理訂單、退換貨與會員權益，並回覆您的詢問。",
        lawfulBasis: "這是訂立與履行會員契約所必要。",
        methods: "資料保存於會員系統，由門市、網站與客服人員以電子方式利用。",
        consequences: "若您不提供，我們無法為您辦理會員；您仍可以一般顧客身分購物。",
      },
    },
    "legal-obligation": {
      title: "法律要求我們做的事",
      ask: "",
      sections: {
        purposes: "依法律規定，我們須保存憑證等紀錄；當您行使權利時，我們須利用您的資料作出答覆。",
        lawfulBasis: "這是履行法定義務所必要。",
        methods: "這些紀錄單獨保存，僅用於履行上述義務。",
        consequences: "此類紀錄為法律所要求，雙方均無法選擇。",
      },
    },
    analytics: {
      title: "協助我們了解門市與網站的使用情形",
      ask: "同意。你們可以統計並比較我的造訪與購買情形，用以改善門市與網站。",
      sections: {
        purposes: "我們統計網站與門市的造訪、購買與操作步驟，以了解哪些做得好、哪些需要改善。",
        lawfulBasis: "僅在您同意後進行；在美國加州，則在您拒絕之前進行。",
        methods: "由電腦彙總統計，不對任何個人作出評價。",
        withdrawal: "您可以隨時在 {preferencesUrl} 關閉，與開啟同樣方便。撤回不影響先前處理的效力。",
        consequences: "若您不同意，對您沒有任何影響，服務照常。",
      },
    },
    marketing: {
      title: "最新消息與優惠",
      ask: "同意。請透過我開啟的管道傳送最新消息與優惠給我。",
      sections: {
        purposes:
          "我們向您介紹商品、活動與優惠。電子郵件、簡訊、LINE、微信、微博、Facebook 與 Instagram、App 通知、郵寄與電話，每個管道都由您個別決定。",
        lawfulBasis: "僅在您同意後進行；在美國加州，則在您拒絕之前進行。",
        methods: "只透過您選擇的管道傳送，不使用其他管道。",
        withdrawal: "每則訊息都附有取消訂閱的方式；您也可以在 {preferencesUrl} 一鍵關閉任一管道。",
        objection: "從第一則訊息起，您可以隨時拒絕行銷，無須理由，費用由我們負擔。",
        consequences: "若您不同意，只是不再收到廣告，會員資格與權益不受影響。",
      },
    },
    "survey-contact": {
      title: "邀請您提供意見",
      ask: "同意。你們可以偶爾詢問我的滿意程度。",
      sections: {
        purposes: "在您購物或到店之後，我們可能寄給您一份簡短的問卷。",
        lawfulBasis: "在歐盟與英國，我們基於了解會員意見的正當利益；在中國大陸與臺灣，僅在您同意後進行。",
        legitimateInterests: "我們希望及早發現讓顧客不滿意的地方並加以改正。",
        methods: "依您的購買時間，透過您提供的聯絡方式寄送問卷，是否填寫由您自願決定。",
        withdrawal: "您可以隨時在 {preferencesUrl} 或任一問卷中關閉。",
        objection: "您可以隨時免費提出反對，此後我們不再詢問。",
        consequences: "若您不同意，我們不會詢問您，其他一切不變。",
      },
    },
    profiling: {
      title: "忠誠度評估",
      ask: "同意。你們可以依據我的購買紀錄與問卷回覆評估忠誠度。",
      sections: {
        purposes: "我們評估您的滿意度與忠誠度，以便提供更好的服務。",
        lawfulBasis: "僅在您同意後進行；在美國加州，則在您拒絕之前進行。",
        methods: "由電腦依公開的規則，對購買、到店與問卷回覆進行加權計算。",
        automatedDecisions:
          "評分只影響我們提供您哪些答謝與協助，不會單獨決定價格、契約或拒絕服務。您可以要求專人說明或複核。",
        withdrawal: "您可以隨時在 {preferencesUrl} 關閉，屆時您的評分將被刪除。",
        consequences: "若您不同意，我們不會為您評分；您已獲得的點數與等級保留。",
      },
    },
    personalisation: {
      title: "個人化推薦",
      ask: "同意。請依據我購買與瀏覽過的商品為我挑選商品與內容。",
      sections: {
        purposes: "我們向您展示適合您的商品與內容。",
        lawfulBasis: "僅在您同意後進行；在美國加州，則在您拒絕之前進行。",
        methods: "由電腦將您購買與瀏覽過的商品與其他顧客的選擇進行比較。",
        automatedDecisions: "只影響展示的內容與順序，不影響價格。",
        withdrawal: "您可以隨時在 {preferencesUrl} 關閉，與開啟同樣方便。",
        consequences: "若您不同意，您看到的內容與其他人相同。",
      },
    },
    "partner-sharing": {
      title: "與合作夥伴分享",
      ask: "同意。你們可以將我的資料提供給此處列明的合作夥伴，由其用於自身的優惠活動。",
      sections: {
        purposes: "我們將您的資料提供給下列合作夥伴，由其用於自身的優惠與廣告。",
        lawfulBasis: "僅在您同意後進行；在美國加州，則在您拒絕之前進行。",
        methods: "透過安全連線提供給合作夥伴，此後由其自行負責。",
        saleOrShare:
          "在美國加州，這屬於出售或分享個人資料。您可以隨時拒絕；瀏覽器發出的全球隱私控制（GPC）訊號即視為拒絕。",
        withdrawal: "您可以隨時在 {preferencesUrl} 關閉。我們會通知合作夥伴，其必須停止利用。",
        consequences: "若您不同意，合作夥伴不會收到任何資料，您的會員資格不變。",
      },
    },
  },
};
