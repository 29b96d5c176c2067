// Takes nothing; gives the user settings under which VS Code shows the work and nothing else.

/** What both VS Code versions call the theme that a new installation of the older one has. */
export const defaultTheme = 'Default Dark Modern';

/** User settings without welcome pages, chat, prompts, telemetry and updates. */
export const quietSettings: Readonly<Record<string, unknown>> = {
  'workbench.colorTheme': defaultTheme,
  'window.autoDetectColorScheme': false,
  'workbench.startupEditor': 'none',
  'workbench.welcomePage.experimentalOnboarding': false,
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'workbench.layoutControl.enabled': false,
  'workbench.navigationControl.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.editor.empty.hint': 'hidden',
  'window.commandCenter': false,
  'window.menuBarVisibility': 'compact',
  'chat.disableAIFeatures': true,
  'chat.commandCenter.enabled': false,
  'chat.titleBar.signIn.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'update.showReleaseNotes': false,
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'git.enabled': false,
  'git.openRepositoryInParentFolders': 'never',
  'git.suggestGlobal': false,
  'explorer.decorations.badges': false,
  // Else the extension host looks every two seconds at what all processes of the machine have open.
  'remote.autoForwardPorts': false,
  'remote.restoreForwardedPorts': false,
  'npm.autoDetect': 'off',
  'typescript.disableAutomaticTypeAcquisition': true,
  'security.workspace.trust.startupPrompt': 'never',
};
