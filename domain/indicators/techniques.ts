/** The ATT&CK techniques that indicators name, as ATT&CK calls them (Enterprise 18.1). */
export const TECHNIQUES = {
  T1070: 'Indicator Removal',
  T1074: 'Data Staged',
  T1078: 'Valid Accounts',
  T1098: 'Account Manipulation',
  T1106: 'Native API',
  T1110: 'Brute Force',
  'T1114.003': 'Email Forwarding Rule',
  T1119: 'Automated Collection',
  'T1213.005': 'Messaging Applications',
  T1528: 'Steal Application Access Token',
  T1539: 'Steal Web Session Cookie',
  T1550: 'Use Alternate Authentication Material',
  'T1550.004': 'Web Session Cookie',
  T1552: 'Unsecured Credentials',
  'T1552.008': 'Chat Messages',
  T1562: 'Impair Defenses',
  'T1564.008': 'Email Hiding Rules',
  T1567: 'Exfiltration Over Web Service',
  T1583: 'Acquire Infrastructure',
  T1621: 'Multi-Factor Authentication Request Generation',
} as const;
export type Technique = keyof typeof TECHNIQUES;
