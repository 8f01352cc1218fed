/**
 * Microsoft's own clients, with which a person works: an id of these says with what program, and not that an app acted. Names and ids as
 * Microsoft publishes them: "Verify first-party Microsoft applications in sign-in reports"
 * (learn.microsoft.com/troubleshoot/entra/entra-id/governance/verify-first-party-apps-sign-in, source MicrosoftDocs/SupportArticles-docs).
 * Services that act without anybody are not here: nobody works with them.
 */
const CLIENTS: Readonly<Record<string, string>> = {
  // Teams
  '1fec8e78-bce4-4aaf-ab1b-5451cc387264': 'Microsoft Teams',
  '5e3ce6c0-2b1f-4285-8d4b-75ee78787346': 'Microsoft Teams Web Client',
  'cc15fd57-2c6c-4117-a88c-83b1d56b4bbe': 'Microsoft Teams Services',
  '95de633a-083e-42f5-b444-a4295d8e9314': 'Microsoft Whiteboard Services',
  // SharePoint and OneDrive
  '00000003-0000-0ff1-ce00-000000000000': 'Office 365 SharePoint Online',
  '08e18876-6177-487e-b8b5-cf950c1e598c': 'SharePoint Online Web Client Extensibility',
  'ab9b8c07-8f02-4f72-87fa-80105867a763': 'OneDrive SyncEngine',
  // Published by merill/microsoft-info (customdata/OtherMicrosoftApps.csv).
  'b26aadf8-566f-4478-926f-589f601d9c74': 'OneDrive',
  'ffcb16e8-f789-467c-8ce9-f826a080d987': 'SharedWithMe',
  'cf53fce8-def6-4aeb-8d30-b158e7b1cf83': 'Microsoft Stream Portal',
  '94c63fef-13a3-47bc-8074-75af8c65887a': 'Office Delve',
  // Exchange
  '00000002-0000-0ff1-ce00-000000000000': 'Office 365 Exchange Online',
  '5d661950-3475-41cd-a2c3-d671a3162bc1': 'Microsoft Outlook',
  '27922004-5251-4030-b22d-91ecd9a37ea4': 'Outlook Mobile',
  // "Outlook on the web" where add-ins are registered (learn.microsoft.com/office/dev/add-ins/develop/register-sso-add-in-aad-v2), with two of Office on the web.
  'bc59ab01-8403-45c6-8796-ac3ef710b3e3': 'Outlook on the web',
  '57fb890c-0dab-4253-a5e0-7188c88b2bb4': 'Office on the web',
  'ea5a67f6-b6f3-4338-b240-c655ddc3cc8e': 'Microsoft Office',
  // Office
  'd3590ed6-52b3-4102-aeff-aad2292ab01c': 'Microsoft Office',
  '0ec893e0-5785-4de6-99da-4ed124e5296c': 'Office UWP PWA', // also of merill/microsoft-info
  '00000006-0000-0ff1-ce00-000000000000': 'Microsoft Office 365 Portal',
  '4765445b-32c6-49b0-83e6-1d93765276ca': 'OfficeHome',
  '4b233688-031c-404b-9a80-a4f3f2351f90': 'Office.com',
  '4345a7b9-9a63-4910-a426-35363201d503': 'O365 Suite UX',
  '89bee1f7-5e6e-4d8a-9f3d-ecd601259da7': 'Office365 Shell WCSS-Client',
  '0f698dd4-f011-4d23-a33e-b36416dcb1e6': 'OfficeClientService',
  '67e3df25-268a-4324-a550-0de1c7f97287': 'Microsoft Office Web Apps Service',
  '93d53678-613d-4013-afc1-62e9e444a0a5': 'Office Online Add-in SSO',
  '2abdc806-e091-4495-9b10-b04d93c3f040': 'Office Online Client Augmentation Loop',
  'b23dd4db-9142-4734-867f-3577f640ad0c': 'Office Online Client Loki',
  '17d5e35f-655b-4fb0-8ae6-86356e9a49f5': 'Office Online Client Maker',
  '243c63a3-247d-41c5-9d83-7788c43f1c43': 'Office Online Core SSO',
  'a9b49b65-0a12-430b-9540-c80b3332c127': 'Office Online Search',
  '4d5c2d63-cf83-4365-853c-925fd1a64357': 'OfficeShredderWacClient',
  '2d4d3d8e-2be3-4bef-9f87-7875a61c29de': 'OneNote',
  'c9a559d2-7aab-4f13-a6ed-e7e9c52aec87': 'Microsoft Forms',
  '905fcf26-4eb7-48a0-9ff0-8dcc7194b5ba': 'Sway',
  '66a88757-258c-4c72-893c-3e8bed4d6899': 'Office 365 Search Service',
  'cf36b471-5b44-428c-9ce7-313bf84528de': 'Microsoft Bing Search',
  '2d7f3606-b07d-41d1-b9d2-0d0c9296a6e8': 'Microsoft Bing Search for Microsoft Edge',
  '26a7ee05-5602-4d76-a7ba-eae8b7b67941': 'Windows Search',
  'c1c74fed-04c9-4704-80dc-9f79a2e515cb': 'Yammer Web',
  '00000005-0000-0ff1-ce00-000000000000': 'Viva Engage',
  // Portals and the way in
  '0000000c-0000-0000-c000-000000000000': 'Microsoft App Access Panel',
  '29d9ed98-a469-4536-ade2-f981bc1d605e': 'Microsoft Authentication Broker',
  'c44b4083-3bb0-49c1-b47d-974e53cbdf3c': 'Azure Portal',
  '497effe9-df71-4043-a8bb-14cf78c4b63b': 'Exchange Admin Center',
  '80ccca67-54bd-44ab-8625-4b79c4dc7775': 'Microsoft 365 Security and Compliance Center',
};

/**
 * Microsoft's tools for scripts: four of that page, those for Exchange, Entra, SharePoint and Teams by what administrators block under these
 * ids in public. A thief with a token is fond of them.
 */
const TOOLS: Readonly<Record<string, string>> = {
  '04b07795-8ddb-461a-bbee-02f9e1bf7b46': 'Microsoft Azure CLI',
  '1950a258-227b-4e31-a9cf-717495945fc2': 'Microsoft Azure PowerShell',
  '14d82eec-204b-4c2f-b7e8-296a70dab67e': 'Microsoft Graph Command Line Tools',
  'de8bc8b5-d9f9-48b1-a8ad-b748da725064': 'Graph Explorer',
  'fb78d390-0c51-40cd-8e17-fdbfab77341b': 'Microsoft Exchange REST API Based PowerShell',
  'a0c73c16-a7e3-4564-9a95-2bdf47383716': 'Microsoft Exchange Online Remote PowerShell',
  '1b730954-1685-4b74-9bfd-dac224a7b894': 'Azure Active Directory PowerShell',
  '9bc3ab49-b65d-410a-85ad-de819febfddc': 'SharePoint Online Management Shell',
  '12128f48-ec9e-42f0-b203-ea49fb6af367': 'MS Teams PowerShell Cmdlets',
};

type Text = string | null | undefined;

/** What a row that names an app was done with: an app that acts, or the program with which the person does. */
export interface With {
  readonly app?: { readonly id: string; readonly name?: string };
  readonly userAgent?: string;
}

/**
 * A client of Microsoft's own is the person's program and no actor: it is named where the row tells none, and a tool for scripts always, for
 * the browser that it opens to sign in would hide it. Any other app acts.
 */
export function doneWith({ id, name, userAgent }: { id: Text; name?: Text; userAgent?: Text }): With {
  const key = id?.toLowerCase() ?? '';
  const tool = TOOLS[key];
  if (tool !== undefined) return { userAgent: userAgent ? `${tool}; ${userAgent}` : tool };
  const client = userAgent || CLIENTS[key];
  return {
    ...(!id || CLIENTS[key] !== undefined ? {} : { app: { id, ...(name ? { name } : {}) } }),
    ...(client ? { userAgent: client } : {}),
  };
}
