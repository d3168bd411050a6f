// Command nodeshell runs shell commands in a lab node: `serve` there, `run` on the host.
//
// A connection carries one command. The client sends blocks (a length, the bytes): the command's text, then its standard
// input, an empty block at the end of it. The server answers with frames: a kind (1 standard output, 2 standard error,
// 3 exit status) and a block. A client that goes away takes its command with it.
package main

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

const (
	kindStdout = 1
	kindStderr = 2
	kindExit   = 3

	// Kept apart from what commands return: ssh uses the same.
	exitConnection = 255

	// A background process may keep a command's pipes open: its output after the command's end is not waited for.
	drainAfterExit = 200 * time.Millisecond
)

// A node that lost its power answers nothing, not even a reset.
var keepAlive = net.KeepAliveConfig{Enable: true, Idle: 3 * time.Second, Interval: 2 * time.Second, Count: 4}

func main() {
	args := os.Args[1:]
	switch {
	case len(args) == 2 && args[0] == "serve":
		fail(serve(args[1]))
	case len(args) >= 3 && args[0] == "run":
		os.Exit(run(args[1], strings.Join(args[2:], " ")))
	default:
		fail(errors.New("usage: nodeshell serve ADDRESS | nodeshell run ADDRESS COMMAND..."))
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "nodeshell:", err)
	os.Exit(exitConnection)
}

func serve(address string) error {
	config := net.ListenConfig{KeepAliveConfig: keepAlive}
	listener, err := config.Listen(context.Background(), "tcp", address)
	if err != nil {
		return err
	}
	for {
		conn, err := listener.Accept()
		if err != nil {
			return err
		}
		go func() {
			defer conn.Close()
			if err := execute(conn); err != nil {
				fmt.Fprintln(os.Stderr, "nodeshell:", err)
			}
		}()
	}
}

func execute(conn net.Conn) error {
	text, err := readBlock(conn)
	if err != nil {
		return err
	}
	out := &frames{writer: conn}
	command := exec.Command("/bin/bash", "-c", string(text))
	command.Env = []string{"HOME=/root", "USER=root", "TERM=dumb", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}
	command.Dir = "/root"
	command.Stdout = out.of(kindStdout)
	command.Stderr = out.of(kindStderr)
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	command.WaitDelay = drainAfterExit
	stdin, err := command.StdinPipe()
	if err != nil {
		return err
	}
	if err := command.Start(); err != nil {
		return out.exit(exitConnection)
	}
	var finished atomic.Bool
	go func() {
		for {
			block, err := readBlock(conn)
			if err != nil && finished.Load() {
				return
			}
			if err != nil {
				_ = syscall.Kill(-command.Process.Pid, syscall.SIGKILL)
				return
			}
			if len(block) == 0 {
				stdin.Close()
			} else {
				_, _ = stdin.Write(block)
			}
		}
	}()
	_ = command.Wait()
	finished.Store(true)
	return out.exit(exitStatus(command.ProcessState))
}

func exitStatus(state *os.ProcessState) int {
	if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal())
	}
	return state.ExitCode()
}

func run(address, text string) int {
	dialer := net.Dialer{Timeout: 5 * time.Second, KeepAliveConfig: keepAlive}
	conn, err := dialer.Dial("tcp", address)
	if err != nil {
		fail(err)
	}
	defer conn.Close()
	if err := writeBlock(conn, nil, []byte(text)); err != nil {
		fail(err)
	}
	go func() {
		buffer := make([]byte, 64<<10)
		for {
			n, err := os.Stdin.Read(buffer)
			if n > 0 {
				_ = writeBlock(conn, nil, buffer[:n])
			}
			if err != nil {
				_ = writeBlock(conn, nil, nil)
				return
			}
		}
	}()
	for {
		var kind [1]byte
		if _, err := io.ReadFull(conn, kind[:]); err != nil {
			fail(fmt.Errorf("%s: connection lost: %w", address, err))
		}
		block, err := readBlock(conn)
		if err != nil {
			fail(fmt.Errorf("%s: connection lost: %w", address, err))
		}
		switch kind[0] {
		case kindStdout:
			_, _ = os.Stdout.Write(block)
		case kindStderr:
			_, _ = os.Stderr.Write(block)
		case kindExit:
			return int(binary.BigEndian.Uint32(block))
		}
	}
}

type frames struct {
	mutex  sync.Mutex
	writer io.Writer
}

type stream struct {
	frames *frames
	kind   byte
}

func (f *frames) of(kind byte) stream { return stream{f, kind} }

func (f *frames) exit(status int) error {
	_, err := f.of(kindExit).Write(binary.BigEndian.AppendUint32(nil, uint32(status)))
	return err
}

func (s stream) Write(block []byte) (int, error) {
	s.frames.mutex.Lock()
	defer s.frames.mutex.Unlock()
	if err := writeBlock(s.frames.writer, []byte{s.kind}, block); err != nil {
		return 0, err
	}
	return len(block), nil
}

func writeBlock(writer io.Writer, prefix, block []byte) error {
	frame := binary.BigEndian.AppendUint32(prefix, uint32(len(block)))
	_, err := writer.Write(append(frame, block...))
	return err
}

func readBlock(reader io.Reader) ([]byte, error) {
	var length [4]byte
	if _, err := io.ReadFull(reader, length[:]); err != nil {
		return nil, err
	}
	block := make([]byte, binary.BigEndian.Uint32(length[:]))
	_, err := io.ReadFull(reader, block)
	return block, err
}
