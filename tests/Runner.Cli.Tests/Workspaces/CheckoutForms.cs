namespace Runner.Cli.Tests.Workspaces;

/// <summary>The forms that a checkout can have, each as a script that makes one in the folder <c>app</c>.</summary>
internal static class CheckoutForms
{
    // Two commits of a file in the root and one in a folder.
    private const string Repository = """
        repository() {
          git init -q "$1"
          (cd "$1" && echo 1 >a && mkdir d && echo 2 >d/b && git add . && git commit -qm one && echo 3 >a && git commit -qam two)
        }
        submodules() {
          repository inner
          repository outer
          (cd outer && git submodule --quiet add "$root/inner" deep && git commit -qm deep)
          repository "$1"
          (cd "$1" && git submodule --quiet add "$root/outer" lib && git submodule --quiet add --name "odd name" "$root/inner" "li\"b x" \
            && git submodule --quiet update --init --recursive && git commit -qm lib)
        }
        root=$PWD

        """;

    private static readonly (string Name, string Script)[] All =
    [
        ("plain",                                   "repository app"),
        ("no commit yet",                           "git init -q app; echo 1 >app/a"),
        ("packed refs",                             "repository app; git -C app tag v1; git -C app gc -q; git -C app pack-refs --all --prune"),
        ("linked working tree",                     "repository main; git -C main worktree add -q -b topic ../app; cd app; echo x >a; git add a; echo new >n; git stash -q; git stash apply -q"),
        ("linked working tree of a bare one",       "repository main; git clone -q --bare main bare; git -C bare worktree add -q ../app main"),
        ("linked working tree with own settings",   "repository main; git -C main worktree add -q -b topic ../app; cd app; git sparse-checkout set d; git config --worktree core.worktree \"$PWD\""),
        ("main working tree beside a linked one",   "repository app; git -C app worktree add -q -b topic ../linked"),
        ("repository in another folder",            "repository app; git -C app init -q --separate-git-dir \"$root/store\""),
        ("repository behind a link",                "repository app; mv app/.git store; ln -s ../store app/.git"),
        ("submodules",                              "submodules app; cd app; echo x >lib/a; echo y >lib/deep/n"),
        ("submodules at another commit",            "submodules app; git -C app/lib checkout -q HEAD^; git -C app/lib switch -qc mine"),
        ("submodules that were never fetched",      "submodules main; git clone -q main app"),
        ("submodule with a folder of its own",      "repository inner; repository app; git clone -q inner app/lib; cd app; git submodule --quiet add \"$root/inner\" lib; git commit -qm lib"),
        ("submodules of a linked working tree",     "submodules main; git -C main worktree add -q -b topic ../app; cd app; git submodule --quiet update --init --recursive"),
        ("submodules of a repository elsewhere",    "submodules main; git clone -q --separate-git-dir store main app; git -C app submodule --quiet update --init --recursive"),
        ("submodule that is sparse",                "submodules app; git -C app/lib sparse-checkout set d"),
        ("submodule in no use any more",            "submodules app; git -C app submodule --quiet deinit -f lib"),
        ("sparse",                                  "repository main; git clone -q --sparse main app; git -C app sparse-checkout set --cone nothing"),
        ("sparse with a sparse index",              "repository app; git -C app sparse-checkout set --cone --sparse-index nothing"),
        ("shallow",                                 "repository main; git clone -q --depth 1 \"file://$root/main\" app"),
        ("detached",                                "repository app; git -C app checkout -q HEAD^"),
        ("objects of a reference",                  "repository main; git clone -q --reference main \"file://$root/main\" app"),
        ("objects of a reference of a reference",   "repository main; git clone -q -s main middle; (cd middle; echo m >m; git add m; git commit -qm m); git clone -q -s middle app"),
        ("objects of a submodule's reference",      "submodules main; git clone -q --recurse-submodules --shared main app; git -C app submodule foreach -q --recursive 'git repack -adlq'"),
        ("partial",                                 "repository main; git -C main config uploadpack.allowFilter true; git clone -q --filter=blob:none \"file://$root/main\" app"),
        ("branch with a remote",                    "repository main; git clone -q main app; cd app; echo 4 >a; git commit -qam four"),
        ("another repository inside",               "repository app; repository app/x/inner; echo new >app/x/inner/n"),
        ("linked working tree inside",              "repository app; git -C app worktree add -q -b topic trees/topic; echo new >app/trees/topic/n"),
        ("staged, changed, new and deleted",        "repository app; cd app; echo s >s; git add s; echo 9 >a; rm d/b; echo n >n; git add -N n"),
        ("merge with a conflict",                   "repository app; cd app; git switch -qc o HEAD^; echo 5 >a; git commit -qam five; git merge -q main || true"),
        ("rebase under way",                        "repository app; cd app; git switch -qc o HEAD^; echo 5 >a; git commit -qam five; git rebase -q main || true"),
        ("stash",                                   "repository app; cd app; echo 7 >a; git stash -q"),
        ("split index",                             "repository app; cd app; git update-index --split-index; echo 8 >a; git add a"),
        ("CRLF by attributes",                      "repository app; cd app; printf '*.txt text eol=crlf\\n' >.gitattributes; printf 'x\\r\\n' >t.txt; git add .; git commit -qm crlf"),
        ("CRLF by the repository's settings",       "repository app; cd app; git config core.autocrlf true; printf 'x\\r\\n' >t.txt; git add .; git commit -qm crlf"),
        ("settings included from the checkout",     "repository app; cd app; printf '[core]\\n\\tautocrlf = true\\n' >.gitconfig; git config include.path ../.gitconfig; printf 'x\\r\\n' >t; git add .; git commit -qm inc"),
        ("odd names",                               "repository app; cd app; mkdir -- '-d'; echo 1 >'-f'; echo 2 >\"quote\\\"'s\"; echo 3 >'new\nline'; echo 4 >'ünï'; echo 5 >' blank '; echo 6 >'-d/x'; git add -- '-f'"),
        ("modes",                                   "repository app; cd app; echo x >run; chmod 755 run; echo y >all; chmod 666 all; mkdir mine ro; echo z >mine/z; chmod 600 mine/z; chmod 700 mine; echo r >ro/r; chmod 444 ro/r; chmod 555 ro; chmod 2775 d"),
        ("links",                                   "repository app; cd app; ln -s nowhere dangling; ln -s /etc/hostname absolute; ln -s ../main outside; ln -s d folder; ln -s . circle; git add dangling folder"),
        ("empty folders",                           "repository app; cd app; mkdir -p e/mpty d/deep/er new/er; echo x >new/x"),
        ("hooks",                                   "repository app; cd app; printf '#!/bin/sh\\necho hook >&2\\n' >.git/hooks/post-commit; chmod 755 .git/hooks/post-commit"),
        ("lock and pipe in its folder",             "repository app; cd app; touch .git/index.lock .git/HEAD.lock .git/refs/heads/main.lock; mkfifo .git/pipe"),
    ];

    /// <summary>Their names.</summary>
    public static IEnumerable<string> Names => All.Select(form => form.Name);

    /// <summary>The script of one.</summary>
    public static string ScriptOf(string name) => "set -e\n" + Repository + All.First(form => form.Name == name).Script;
}
