import { join } from 'node:path';

/** A generated client of Microsoft Graph, as its registry serves it. */
export interface GraphPackage {
  readonly graph: 'v1.0' | 'beta';
  readonly name: string;
  readonly version: string;
  readonly sha256: string;
  readonly licence: string;
}
/** What a package can do at a path: verbs, and query options of its reads. */
export interface GraphRoute {
  readonly verbs: readonly string[];
  readonly query: readonly string[];
}
export interface GraphRoutes {
  readonly packages: readonly GraphPackage[];
  readonly routes: Readonly<Record<'v1.0' | 'beta', Readonly<Record<string, GraphRoute>>>>;
}

/** Made by `scripts/graph-routes.ts`. */
export const routesFile = join(import.meta.dirname, 'data', 'graph-routes.json');

/** A path without the names of its placeholders, without the brackets of functions and without letter case, which Graph does not look at. */
export function graphRoute(path: string): string {
  return path
    .replace(/\{[^}]*\}/g, '{}')
    .replaceAll('()', '')
    .toLowerCase();
}

/** Paths that Microsoft's reference gives and the packages reach another way, each with the page. */
export const GRAPH_ALIASES: Readonly<Record<string, { readonly route: string; readonly page: string }>> = {
  '/users/{id}/drive/root/delta': {
    route: '/drives/{drive-id}/items/{driveItem-id}/delta',
    page: 'learn.microsoft.com/graph/api/driveitem-delta',
  },
  // A well-known name stands in the place of the folder's id.
  '/users/{id}/mailFolders/inbox/messageRules': {
    route: '/users/{user-id}/mailFolders/{mailFolder-id}/messageRules',
    page: 'learn.microsoft.com/graph/api/mailfolder-list-messagerules',
  },
  '/users/{id}/mailFolders/inbox/messageRules/{ruleId}': {
    route: '/users/{user-id}/mailFolders/{mailFolder-id}/messageRules/{messageRule-id}',
    page: 'learn.microsoft.com/graph/api/messagerule-update',
  },
};
