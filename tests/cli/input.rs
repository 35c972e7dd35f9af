//! Inputs: standard input, paths, folders, names, UTF-16, binary files.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::{finish, folder, names, run, run_in, tokenize, write};

#[test]
fn a_missing_file_does_not_stop_the_rest() {
    let folder = folder(&[("a", b"x")]);
    let partial = run_in(&folder, &["-q", "missing", "a"]);
    let partial = partial.failed(&["tokenize: missing: No such file or directory\n"]);
    assert_eq!(partial.out, "1\n");
    let nothing = run_in(&folder, &["missing"]).failed(&[]);
    assert_eq!(nothing.out, "");
}

#[test]
fn files_named_like_commands() {
    let folder = folder(&[("encode", b"x x")]);
    assert_eq!(run_in(&folder, &["-q", "./encode"]).silent(), "2\n");
    assert_eq!(run_in(&folder, &["-q", "--", "encode"]).silent(), "2\n");
    assert_eq!(run_in(&folder, &["count", "-q", "encode"]).silent(), "2\n");
    run_in(&folder, &["-q", "decode"]).failed(&["hint: a command comes first: tokenize decode"]);
}

#[test]
fn flags_end_at_two_hyphens() {
    let folder = folder(&[("-q", b"x x x")]);
    assert_eq!(names(&run_in(&folder, &["--", "-q"]).silent()), ["-q"]);
}

#[test]
fn a_file_is_counted_without_waiting_for_standard_input() {
    let folder = folder(&[("a", b"x")]);
    let mut child = Command::new(env!("CARGO_BIN_EXE_tokenize"))
        .args(["-q", "--no-config", "a"])
        .current_dir(&folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    // Open until the end of the test: a run that read it would never end.
    let open = child.stdin.take();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.stdout, b"1\n");
    drop(open);
}

#[test]
fn names_from_a_list() {
    let folder = folder(&[("a b", b"x"), ("c\nd", b"x x"), ("list", b"a b\0c\nd\0"), ("e", b"a b")]);
    let table = run_in(&folder, &["--files0-from", "list"]).silent();
    assert_eq!(names(&table), ["a b", "c\\nd", "total"]);
    let from_stdin = |list: &str| {
        let mut command = tokenize(&["-q", "--files0-from", "-"]);
        command.current_dir(&folder).write_stdin(list.to_owned());
        finish(command)
    };
    assert_eq!(from_stdin("a b\0c\nd").silent(), "3\n");
    assert_eq!(from_stdin("").silent(), "0\n");
    from_stdin("a b\0\0e\0").failed(&["tokenize: -: name 2 is empty"]);
    from_stdin("-\0").failed(&["standard input holds the list"]);
    run_in(&folder, &["--files0-from", "list", "e"]).failed(&[]);
    run_in(&folder, &["--files0-from", "nope"]).failed(&["tokenize: nope: "]);
}

#[test]
fn folders_are_walked_past_what_is_ignored() {
    let folder = folder(&[
        (".gitignore", b"*.log\n"),
        ("a.txt", b"x"),
        ("b.log", b"x"),
        (".hidden", b"x"),
        ("d/.gitignore", b"e.txt\n"),
        ("d/e.txt", b"x"),
        ("d/f.txt", b"x"),
        ("d/large.txt", &[b'x'; 5000]),
    ]);
    let walked = |args: &[&str]| names(&run_in(&folder, &[args, &["."]].concat()).silent()).join(" ");
    assert_eq!(walked(&[]), "./a.txt ./d/f.txt ./d/large.txt total");
    assert_eq!(walked(&["--max-filesize", "4k"]), "./a.txt ./d/f.txt total");
    assert_eq!(walked(&["-g", "f.*"]), "./d/f.txt");
    assert_eq!(walked(&["-g", "!f.*", "-g", "!*arge*"]), "./a.txt");
    assert_eq!(walked(&["--no-ignore", "-g", "!d"]), "./a.txt ./b.log total");
    let all = "./.gitignore ./.hidden ./a.txt ./b.log ./d/.gitignore ./d/e.txt ./d/f.txt ./d/large.txt total";
    assert_eq!(walked(&["--no-ignore", "--hidden"]), all);
    // Filters are for folders only.
    let named = run_in(&folder, &["b.log", ".hidden", "-g", "z", "--max-filesize", "0"]).silent();
    assert_eq!(names(&named), ["b.log", ".hidden", "total"]);
    run_in(&folder, &["-g", "{", "."]).failed(&["tokenize: --glob: "]);
    run_in(&folder, &["--max-filesize", "4x", "."]).failed(&["expected a number"]);
}

#[test]
fn a_folder_without_text_is_an_error() {
    let folder = folder(&[("d/.hidden", b"x"), ("e/image", b"\0\x01")]);
    run_in(&folder, &["d"]).failed(&["tokenize: d: no files to read in this folder\nhint: ", "--hidden"]);
    run_in(&folder, &["e"]).failed(&["e: no files to read", "--text"]);
}

#[test]
fn binary_files() {
    let folder = folder(&[("a.bin", b"x\0y"), ("b.txt", b"x")]);
    let walked = run_in(&folder, &["."]).good();
    assert_eq!(names(&walked.out), ["./b.txt"]);
    assert!(walked.err.starts_with("tokenize: note: ./a.bin: binary file left out"), "{walked:?}");
    assert_eq!(names(&run_in(&folder, &["-a", "."]).silent()), ["./a.bin", "./b.txt", "total"]);
    assert_eq!(names(&run_in(&folder, &["a.bin"]).silent()), ["a.bin"]);
    assert_eq!(run(&["-q"], b"x\0y").silent(), "3\n");
}

#[test]
fn text_that_is_not_utf8_is_counted_as_bytes() {
    let folder = folder(&[("a", b"caf\xe9 au lait")]);
    let counted = run_in(&folder, &["a"]).good();
    assert_eq!(
        counted.err,
        "tokenize: warning: a: not valid UTF-8 from byte 3 on; counted as the bytes it is\n"
    );
    run_in(&folder, &["-q", "a"]).silent();
    let late = [&b"x ".repeat(200_000)[..], b"\xf0\x9f"].concat();
    let late = run(&[], late).good();
    assert!(late.err.contains("standard input: not valid UTF-8 from byte 400000 on"), "{late:?}");
}

#[test]
fn a_utf8_byte_order_mark_is_text() {
    assert_eq!(run(&["--json"], "\u{feff}a").json()["total"]["bytes"], 4);
}

#[test]
fn utf16_is_read_as_utf8() {
    let text = "Hello wörld 🦀\r\n".repeat(3000);
    let expected = run(&["-q"], text.as_str()).silent();
    let little: Vec<u8> =
        "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> =
        "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_be_bytes).collect();
    for bytes in [little, big] {
        assert_eq!(run(&["-q"], bytes.clone()).silent(), expected);
        let told = run(&["--json"], bytes);
        assert!(told.err.contains("note: standard input: UTF-16, read as UTF-8"), "{told:?}");
        assert_eq!(told.json()["total"]["bytes"], text.len());
    }
    let lone = run(&["--json"], b"\xff\xfea\0\x00\xd8b\0".to_vec());
    assert!(lone.err.contains("warning: standard input: malformed UTF-16"), "{lone:?}");
    assert_eq!(lone.json()["total"]["chars"], 3);
    for bytes in [&b"\xff\xfe\0\0a\0\0\0"[..], b"\0\0\xfe\xff\0\0\0a"] {
        run(&[], bytes).failed(&["standard input: UTF-32", "hint: ", "iconv"]);
    }
}

#[cfg(unix)]
#[test]
fn symbolic_links() {
    use std::os::unix::fs::symlink;
    let folder = folder(&[("d/a", b"x"), ("out/b", b"x x")]);
    symlink(folder.path(), folder.path().join("d/loop")).unwrap();
    symlink("nowhere", folder.path().join("d/broken")).unwrap();
    symlink(folder.path().join("out"), folder.path().join("d/link")).unwrap();
    let plain = run_in(&folder, &["d"]).good();
    assert_eq!(names(&plain.out), ["d/a"]);
    assert!(plain.err.contains("warning: d/broken: a symbolic link to nothing"), "{plain:?}");
    let followed = run_in(&folder, &["-L", "d"]).good();
    assert!(followed.err.contains("warning: d/broken: "), "{followed:?}");
    assert!(followed.err.contains("a symbolic link to a folder that it is in"), "{followed:?}");
    assert!(names(&followed.out).contains(&"d/link/b"), "{followed:?}");
    // A link that was named is followed.
    assert_eq!(names(&run_in(&folder, &["d/link"]).silent()), ["d/link/b"]);
    run_in(&folder, &["d/broken"]).failed(&["tokenize: d/broken: No such file"]);
}

#[cfg(target_os = "linux")]
#[test]
fn names_that_are_not_utf8() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let folder = folder(&[]);
    let name = OsStr::from_bytes(b"caf\xe9\x1b[2J");
    fs::write(folder.path().join(name), "x").unwrap();
    let mut command = tokenize(&[]);
    command.current_dir(&folder).arg(name);
    assert_eq!(names(&finish(command).silent()), ["caf\u{fffd}\\u{1b}[2J"]);
    let json = run_in(&folder, &["--json", "."]).json();
    assert_eq!(json["files"][0]["path"], "./caf\u{fffd}\u{1b}[2J");
    assert_eq!(json["files"][0]["path_bytes"], serde_json::json!(b"./caf\xe9\x1b[2J"));
    let csv = run_in(&folder, &["--csv", "."]).good().raw;
    assert!(csv.windows(10).any(|window| window == b"./caf\xe9\x1b[2J"), "{csv:?}");
}

#[cfg(unix)]
#[test]
fn what_cannot_be_read_is_an_error_and_the_rest_goes_on() {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder(&[("closed", b"x"), ("shut/a", b"x"), ("open", b"x")]);
    let close = |name: &str, mode| {
        fs::set_permissions(folder.path().join(name), fs::Permissions::from_mode(mode)).unwrap();
    };
    close("closed", 0);
    close("shut", 0);
    if fs::read(folder.path().join("closed")).is_err() {
        let partial = run_in(&folder, &["-q", "."])
            .failed(&["tokenize: ./closed: Permission denied\n", "tokenize: ./shut: Permission denied\n"]);
        assert_eq!(partial.out, "1\n");
    }
    close("shut", 0o755);
}

#[cfg(unix)]
#[test]
fn pipes_can_be_named() {
    let mut child = Command::new("sh")
        .args(["-c", "cat | \"$0\" -q --no-config /dev/stdin", env!("CARGO_BIN_EXE_tokenize")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b"Hello world").unwrap();
    assert_eq!(child.wait_with_output().unwrap().stdout, b"2\n");
}

#[test]
fn a_folder_that_cannot_be_written_can_be_read() {
    let folder = folder(&[("a", b"x")]);
    let path = write(&folder, "a", b"x");
    let mut permissions = fs::metadata(folder.path()).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&folder, permissions.clone()).unwrap();
    assert_eq!(run_in(&folder, &["-q", "a"]).silent(), "1\n");
    #[allow(clippy::permissions_set_readonly_false)] // a temporary folder is about to be deleted
    permissions.set_readonly(false);
    fs::set_permissions(&folder, permissions).unwrap();
    assert!(Path::new(&path).exists());
}
