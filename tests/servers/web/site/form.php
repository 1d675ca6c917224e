<?php
// A form with a value that is drawn anew for every visitor, and what becomes of it: "kept" if the value came back from
// the visitor to whom it was given, in a line of the file that FORM_LOG names.
session_save_path(getenv('FORM_SESSIONS'));
session_start();
header('Content-Type: text/html; charset=utf-8');
if ($_SERVER['REQUEST_METHOD'] === 'POST') {
    $kept = isset($_SESSION['token']) && hash_equals($_SESSION['token'], $_POST['token'] ?? '')
        && $_SESSION['visitor'] === ($_POST['visitor'] ?? '');
    $line = ($kept ? 'kept' : 'mixed up') . ' ' . ($_POST['visitor'] ?? '') . ' ' . ($_POST['token'] ?? '') . "\n";
    file_put_contents(getenv('FORM_LOG'), $line, FILE_APPEND | LOCK_EX);
    http_response_code($kept ? 200 : 409);
    echo $line;
    exit;
}
$_SESSION['token'] = bin2hex(random_bytes(16)) . '&=+';
$_SESSION['visitor'] = $_GET['visitor'] ?? '';
echo '<!DOCTYPE html><html><body><form method=post><input type="hidden" name="token" value="',
    htmlspecialchars($_SESSION['token']), '"></form></body></html>';
