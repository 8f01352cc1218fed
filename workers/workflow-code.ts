import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger, type WorkflowBundleWithSourceMap } from '@temporalio/worker';

const inWorkflows = (file: string): string => fileURLToPath(new URL(`../workflows/${file}`, import.meta.url));
const workflowsPath = inWorkflows('index.ts');
const workflowModules = [inWorkflows('inbound.ts')];

/** The workflows' code as a worker takes it that builds it itself. */
export const WORKFLOW_CODE = { workflowsPath, interceptors: { workflowModules } };

/** The same code, built once for many workers. */
export const bundleWorkflows = (): Promise<WorkflowBundleWithSourceMap> =>
  bundleWorkflowCode({
    workflowsPath,
    workflowInterceptorModules: workflowModules,
    logger: new DefaultLogger('WARN'),
  });
