import type { accesscontextmanager_v1 } from 'googleapis/build/src/apis/accesscontextmanager/v1.js';
import type { admin_directory_v1 } from 'googleapis/build/src/apis/admin/directory_v1.js';
import type { admin_reports_v1 } from 'googleapis/build/src/apis/admin/reports_v1.js';
import type { alertcenter_v1beta1 } from 'googleapis/build/src/apis/alertcenter/v1beta1.js';
import type { chat_v1 } from 'googleapis/build/src/apis/chat/v1.js';
import type { cloudidentity_v1 } from 'googleapis/build/src/apis/cloudidentity/v1.js';
import type { drive_v3 } from 'googleapis/build/src/apis/drive/v3.js';
import type { gmail_v1 } from 'googleapis/build/src/apis/gmail/v1.js';
import type { vault_v1 } from 'googleapis/build/src/apis/vault/v1.js';
import type { GoogleApi } from './methods.js';

/** The SDK's client of each API. None holds a credential: each call brings its own token. */
export interface GoogleSdk {
  readonly accesscontextmanager: accesscontextmanager_v1.Accesscontextmanager;
  readonly alertcenter: alertcenter_v1beta1.Alertcenter;
  readonly chat: chat_v1.Chat;
  readonly cloudidentity: cloudidentity_v1.Cloudidentity;
  readonly directory: admin_directory_v1.Admin;
  readonly drive: drive_v3.Drive;
  readonly gmail: gmail_v1.Gmail;
  readonly reports: admin_reports_v1.Admin;
  readonly vault: vault_v1.Vault;
}

const LOAD: { readonly [A in GoogleApi]: () => Promise<GoogleSdk[A]> } = {
  accesscontextmanager: async () => {
    const { accesscontextmanager_v1: v } = await import('googleapis/build/src/apis/accesscontextmanager/v1.js');
    return new v.Accesscontextmanager({});
  },
  alertcenter: async () => {
    const { alertcenter_v1beta1: v } = await import('googleapis/build/src/apis/alertcenter/v1beta1.js');
    return new v.Alertcenter({});
  },
  chat: async () => {
    const { chat_v1: v } = await import('googleapis/build/src/apis/chat/v1.js');
    return new v.Chat({});
  },
  cloudidentity: async () => {
    const { cloudidentity_v1: v } = await import('googleapis/build/src/apis/cloudidentity/v1.js');
    return new v.Cloudidentity({});
  },
  directory: async () => {
    const { admin_directory_v1: v } = await import('googleapis/build/src/apis/admin/directory_v1.js');
    return new v.Admin({});
  },
  drive: async () => {
    const { drive_v3: v } = await import('googleapis/build/src/apis/drive/v3.js');
    return new v.Drive({});
  },
  gmail: async () => {
    const { gmail_v1: v } = await import('googleapis/build/src/apis/gmail/v1.js');
    return new v.Gmail({});
  },
  reports: async () => {
    const { admin_reports_v1: v } = await import('googleapis/build/src/apis/admin/reports_v1.js');
    return new v.Admin({});
  },
  vault: async () => {
    const { vault_v1: v } = await import('googleapis/build/src/apis/vault/v1.js');
    return new v.Vault({});
  },
};

/** An API's module is loaded with its first call: 60 MB for all of them, and some roles need none. */
export const loadSdk = <A extends GoogleApi>(api: A): Promise<GoogleSdk[A]> => LOAD[api]();
